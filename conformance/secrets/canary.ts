import { createHash } from 'node:crypto'

/** A text that must not be revealed, with the name that a failure shows. */
export interface Canary {
  readonly name: string
  readonly text: string
}

/** How many characters of a canary must appear, in any encoding, to be no coincidence. */
const windowLength = 12

/** A text of letters and digits that no code, path or message contains by chance. */
export function canaryOf(name: string): Canary {
  return { name, text: createHash('sha256').update(name).digest('base64').replaceAll(/\W/g, '').slice(0, 32) }
}

/** The names of the canaries of which a part appears in the text, as it is or in a common encoding. */
export function leaksIn(text: string, canaries: readonly Canary[]): readonly string[] {
  const owners = ownersOf(canaries)
  // A console breaks long lists of bytes into columns.
  const texts = [text, text.replaceAll(/\s+/g, ' ')]
  return [...new Set(texts.flatMap((each) => windowsOf(each).flatMap((part) => owners.get(part) ?? [])))]
}

const known = new Map<string, ReadonlyMap<string, string>>()

/** Maps every part of every encoding that is long enough to the name of its canary. */
function ownersOf(canaries: readonly Canary[]): ReadonlyMap<string, string> {
  const key = JSON.stringify(canaries)
  const owners =
    known.get(key) ??
    new Map(
      canaries.flatMap(({ name, text }) =>
        spellingsOf(text)
          .flatMap(windowsOf)
          .map((part) => [part, name] as const),
      ),
    )
  known.set(key, owners)
  return owners
}

function windowsOf(text: string): readonly string[] {
  return Array.from({ length: Math.max(0, text.length - windowLength + 1) }, (_, at) =>
    text.slice(at, at + windowLength),
  )
}

function spellingsOf(hidden: string): readonly string[] {
  const bytes = Buffer.from(hidden)
  return [
    hidden,
    hidden.toLowerCase(),
    hidden.toUpperCase(),
    // The base64 of the same bytes depends on their offset modulo three.
    ...[0, 1, 2].map((shift) =>
      Buffer.concat([Buffer.alloc(shift), bytes])
        .toString('base64url')
        .slice(4, -4),
    ),
    ...[0, 1, 2].map((shift) =>
      Buffer.concat([Buffer.alloc(shift), bytes])
        .toString('base64')
        .slice(4, -4),
    ),
    bytes.toString('hex'),
    [...bytes].join(','),
    [...bytes].join(', '),
    JSON.stringify(new Uint8Array(bytes)).slice(1, -1),
    [...bytes].map((byte) => byte.toString(16)).join(' '),
  ]
}
