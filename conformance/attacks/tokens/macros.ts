import type { Jwk } from '../corpus/load-corpus.ts'
import type { KeyRing } from './key-ring.ts'

const certificateFrame = /-----(BEGIN|END) CERTIFICATE-----|\s/g

/** `$repeat:c:n`: a character so often, with what stands before it as `$text:` or not at all. */
export function expandText(text: string): string {
  return text.replace(/^\$text:/, '').replace(/\$repeat:(.):(\d+)/su, (_all, character: string, times: string) => {
    return character.repeat(Number(times))
  })
}

/** The macros that may stand for the value of a member: keys and certificates, many words, a text repeated. */
export function expandValue(value: unknown, ring: KeyRing): unknown {
  if (Array.isArray(value)) return value.map((entry) => expandValue(entry, ring))
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, expandValue(inner, ring)]))
  }
  if (typeof value !== 'string') return value
  const [, macro, rest = ''] = /^\$(jwk|x5c|words|array|repeat):(.*)$/su.exec(value) ?? []
  switch (macro) {
    case 'jwk':
      return ring.publicJwk(rest) satisfies Jwk
    case 'x5c':
      return [ring.certificate(rest).replaceAll(certificateFrame, '')]
    case 'words':
      return manyOf(rest).join(' ')
    case 'array':
      return manyOf(rest)
    case 'repeat':
      return expandText(value)
    default:
      return value
  }
}

/** `n:last`: so many short words, and the last. */
function manyOf(rest: string): readonly string[] {
  const [, count = '', last = ''] = /^(\d+):(.*)$/su.exec(rest) ?? []
  return [...Array.from({ length: Number(count) - 1 }, () => 'ab'), last]
}

/**
 * The exact text of claims: `$base` is the base claims' JSON, `$base-x` the same without the member x, and a `+` behind
 * it keeps the object open for what follows.
 */
export function expandClaims(text: string, base: Readonly<Record<string, unknown>>): string {
  const [whole, before = '', left, open, after = ''] = /^(.*?)\$base(?:-([a-z_]+))?(\+)?(.*)$/su.exec(text) ?? []
  if (whole === undefined) return text
  const json = JSON.stringify(Object.fromEntries(Object.entries(base).filter(([name]) => name !== left)))
  return open === undefined ? before + json + after : `${before}${json.slice(0, -1)}${expandMembers(after)}}`
}

/** `$nest:n`: arrays in each other; `$members:n`: so many members of an object. */
function expandMembers(text: string): string {
  return text
    .replace(/\$nest:(\d+)/u, (_all, depth: string) => '['.repeat(Number(depth)) + ']'.repeat(Number(depth)))
    .replace(/\$members:(\d+)/u, (_all, count: string) => {
      return Array.from({ length: Number(count) }, (_member, index) => `,"m${index}":1`).join('')
    })
}
