import { base64url } from 'jose'
import { bitString, elements, hex, integer, objectIdentifier, read, sequence, unsigned } from './der.ts'
import type { Element } from './der.ts'
import type { PublicMembers } from './verification-key.ts'

const version = 0xa0

/** Keys of NIST's curves, and the curves, by their object identifiers (RFC 5480 section 2.1.1). */
export const ecKey = '2a8648ce3d0201'
const keyTypes: Readonly<Record<string, (key: Uint8Array) => PublicMembers>> = {
  '2a864886f70d010101': (key) => {
    const [n, e] = elements(read(key, sequence).content)
    if (n?.tag !== integer || e?.tag !== integer) throw new SyntaxError('not an RSA key')
    return { kty: 'RSA', n: unsigned(n.content), e: unsigned(e.content) }
  },
  '2b656e': (key) => ({ kty: 'OKP', crv: 'X25519', x: base64url.encode(key) }),
  '2b6570': (key) => ({ kty: 'OKP', crv: 'Ed25519', x: base64url.encode(key) }),
  '608648016503040311': (key) => ({ kty: 'AKP', alg: 'ML-DSA-44', pub: base64url.encode(key) }),
  '608648016503040312': (key) => ({ kty: 'AKP', alg: 'ML-DSA-65', pub: base64url.encode(key) }),
  '608648016503040313': (key) => ({ kty: 'AKP', alg: 'ML-DSA-87', pub: base64url.encode(key) }),
}
export const namedCurves: Readonly<Record<string, string>> = {
  '2a8648ce3d030107': 'P-256',
  '2b81040022': 'P-384',
  '2b81040023': 'P-521',
}

/** Reads a SubjectPublicKeyInfo (RFC 5280 section 4.1) as a JWK, or throws a SyntaxError. */
export function spkiToJwk(der: Uint8Array): PublicMembers {
  const outer = read(der, sequence)
  if (outer.rest.length > 0) throw new SyntaxError('bytes follow the key')
  const [algorithm, subjectPublicKey] = elements(outer.content)
  if (algorithm?.tag !== sequence || subjectPublicKey?.tag !== bitString) throw new SyntaxError('not a public key')
  const [identifier, parameters] = elements(algorithm.content)
  if (identifier?.tag !== objectIdentifier || subjectPublicKey.content[0] !== 0)
    throw new SyntaxError('not a public key')
  const key = subjectPublicKey.content.subarray(1)
  const name = hex(identifier.content)
  if (name === ecKey) return ecPoint(key, parameters)
  const toJwk = Object.hasOwn(keyTypes, name) ? keyTypes[name] : undefined
  if (toJwk === undefined) throw new SyntaxError('an unsupported key type')
  return toJwk(key)
}

/** Takes the SubjectPublicKeyInfo out of an X.509 certificate; its dates and issuer are not judged. */
export function certificateToSpki(der: Uint8Array): Uint8Array {
  const fields = elements(read(read(der, sequence).content, sequence).content)
  const key = fields[fields[0]?.tag === version ? 6 : 5]
  if (key?.tag !== sequence) throw new SyntaxError('not a certificate')
  return key.whole
}

function ecPoint(point: Uint8Array, parameters: Element | undefined): PublicMembers {
  const name = parameters?.tag === objectIdentifier ? hex(parameters.content) : ''
  const crv = Object.hasOwn(namedCurves, name) ? namedCurves[name] : undefined
  if (crv === undefined || point[0] !== 4) throw new SyntaxError('an unsupported curve or form of the point')
  const size = (point.length - 1) / 2
  return { kty: 'EC', crv, x: base64url.encode(point.slice(1, 1 + size)), y: base64url.encode(point.slice(1 + size)) }
}
