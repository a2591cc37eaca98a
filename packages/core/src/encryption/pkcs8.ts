import { base64url } from 'jose'
import { elements, hex, integer, objectIdentifier, octetString, read, sequence, unsigned } from '../keys/der.ts'
import type { Element } from '../keys/der.ts'
import { ecKey, namedCurves } from '../keys/spki.ts'

/** What a PKCS #8 says of its key: not all of a JWK, for it may leave the public half of a curve's key out. */
export type PrivateFacts =
  | { readonly kty: 'RSA'; readonly n: string; readonly e: string }
  | { readonly kty: 'EC' | 'OKP'; readonly crv: string; readonly d: string }

const rsaKey = '2a864886f70d010101'
const x25519Key = '2b656e'

/** Reads a PrivateKeyInfo (RFC 5958 section 2) of a kind that decrypts, or throws a SyntaxError that tells nothing of it. */
export function readPkcs8(der: Uint8Array): PrivateFacts {
  const outer = read(der, sequence)
  if (outer.rest.length > 0) throw new SyntaxError('bytes follow the key')
  const [version, algorithm, privateKey] = elements(outer.content)
  if (version?.tag !== integer || algorithm?.tag !== sequence || privateKey?.tag !== octetString) {
    throw new SyntaxError('not a private key')
  }
  const [identifier, parameters] = elements(algorithm.content)
  switch (identifier?.tag === objectIdentifier ? hex(identifier.content) : '') {
    case rsaKey:
      return rsaFacts(privateKey.content)
    case ecKey:
      return ecFacts(privateKey.content, parameters)
    case x25519Key:
      return { kty: 'OKP', crv: 'X25519', d: base64url.encode(read(privateKey.content, octetString).content) }
    default:
      throw new SyntaxError('an unsupported key type')
  }
}

/** RSAPrivateKey of RFC 8017 appendix A.1.2; of two primes, as version 0 says. */
function rsaFacts(key: Uint8Array): PrivateFacts {
  const [version, n, e] = elements(read(key, sequence).content)
  if (version?.tag !== integer || version.content[0] !== 0)
    throw new SyntaxError('an RSA key with more than two primes')
  if (n?.tag !== integer || e?.tag !== integer) throw new SyntaxError('not an RSA key')
  return { kty: 'RSA', n: unsigned(n.content), e: unsigned(e.content) }
}

/** ECPrivateKey of RFC 5915. */
function ecFacts(key: Uint8Array, parameters: Element | undefined): PrivateFacts {
  const name = parameters?.tag === objectIdentifier ? hex(parameters.content) : ''
  const crv = Object.hasOwn(namedCurves, name) ? namedCurves[name] : undefined
  const [version, d] = elements(read(key, sequence).content)
  if (crv === undefined || version?.tag !== integer || d?.tag !== octetString) {
    throw new SyntaxError('an unsupported curve or form of the key')
  }
  return { kty: 'EC', crv, d: base64url.encode(d.content) }
}
