import type { KeyRing } from './key-ring.ts'

type Form = (ring: KeyRing, key: string) => string | Buffer

const pem = (ring: KeyRing, key: string) => ring.publicKey(key).export({ type: 'spki', format: 'pem' }).toString()
const der = (ring: KeyRing, key: string) => ring.publicKey(key).export({ type: 'spki', format: 'der' })

/** The forms in which a public key, or nothing at all, is passed off as the secret of an HMAC. */
const forms: Readonly<Record<string, Form>> = {
  'spki-pem': pem,
  'spki-pem-crlf': (ring, key) => pem(ring, key).replaceAll('\n', '\r\n'),
  'spki-pem-leading-ws': (ring, key) => `\n  ${pem(ring, key)}`,
  'spki-pem-junk-prefix': (ring, key) => `# key\n${pem(ring, key)}`,
  'spki-der': der,
  'spki-der-b64': (ring, key) => der(ring, key).toString('base64'),
  'pkcs1-pem': (ring, key) => ring.publicKey(key).export({ type: 'pkcs1', format: 'pem' }),
  'pkcs1-der': (ring, key) => ring.publicKey(key).export({ type: 'pkcs1', format: 'der' }),
  'x509-pem': (ring, key) => ring.certificate(key),
  'jwk-json': (ring, key) => JSON.stringify(ring.publicJwk(key)),
  'jwk-json-pretty': (ring, key) => JSON.stringify(ring.publicJwk(key), null, 2),
  'jwk-json-thumb': (ring, key) => {
    const { e, kty, n } = ring.publicJwk(key)
    return JSON.stringify({ e, kty, n })
  },
  'n-b64u': (ring, key) => ring.text(key, 'n'),
  'ec-point': (ring, key) => Buffer.concat([Buffer.from([4]), ring.bytes(key, 'x'), ring.bytes(key, 'y')]),
  'okp-raw': (ring, key) => ring.bytes(key, 'x'),
  oct: (ring, key) => ring.bytes(key, 'k'),
  empty: () => '',
}

/** The secret that a recipe names: a form of a key, or a text of its own. */
export function hmacSecret(
  ring: KeyRing,
  { key = '', as }: { readonly key?: string | undefined; readonly as: string },
) {
  if (as.startsWith('text:')) return as.slice('text:'.length)
  const form = Object.hasOwn(forms, as) ? forms[as] : undefined
  if (form === undefined) throw new Error(`No form of a secret: ${as}`)
  return form(ring, key)
}
