import { createHash } from 'node:crypto'

/** Something that must not show, under the name that a failure calls it by. */
export interface Canary {
  readonly name: string
  readonly text: string
}

/** How much of a canary has to show, in whatever spelling, to be told from chance. */
const windowLength = 12

/** A text of letters and digits that no code, path or message holds by chance. */
export function canaryOf(name: string): Canary {
  return { name, text: createHash('sha256').update(name).digest('base64').replaceAll(/\W/g, '').slice(0, 32) }
}

/** The canaries of which a part shows in the text: as it is, or as its bytes in one of the usual spellings. */
export function leaksIn(text: string, canaries: readonly Canary[]): readonly string[] {
  // A console breaks long lists of bytes into columns.
  const inOneLine = text.replaceAll(/\s+/g, ' ')
  const isShown = (canary: Canary) => hasPart(text, partsOf(canary)) || hasPart(inOneLine, partsOf(canary))
  return [...new Set(canaries.filter(isShown).map(({ name }) => name))]
}

function hasPart(text: string, parts: ReadonlySet<string>): boolean {
  for (let at = 0; at + windowLength <= text.length; at++) if (parts.has(text.slice(at, at + windowLength))) return true
  return false
}

const known = new Map<string, ReadonlySet<string>>()

/** Every part of a canary, in every spelling, that is long enough. */
function partsOf({ text }: Canary): ReadonlySet<string> {
  const parts = known.get(text) ?? new Set(spellingsOf(text).flatMap(windowsOf))
  known.set(text, parts)
  return parts
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
    // Inside a longer text, base64 of the same bytes looks different at each of three places.
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
