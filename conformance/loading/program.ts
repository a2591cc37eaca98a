// Runs in its own process, after record-modules.ts: verifies tokens and prints which modules it has loaded.
import { createCipheriv, createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAuth } from '@claimcheck/core'
import { createDecrypter } from '@claimcheck/core/encryption'

/** What the program prints, as JSON. */
export interface LoadReport {
  /** How many modules the process has loaded, and those of jose. */
  readonly modules: number
  readonly jose: readonly string[]
  /** The subject of each token, in the order of the cases. */
  readonly subjects: readonly (string | null)[]
}

const [, , ...wanted] = process.argv
const issuer = 'https://issuer.example'
const audience = 'https://api.example'
const secret = 'the secret of these tests, 32 bytes and more of it'
const subjects: (string | null)[] = []

function write(part: object | Uint8Array): string {
  return Buffer.from(part instanceof Uint8Array ? part : JSON.stringify(part)).toString('base64url')
}

function issue(alg: string, signWith: (input: Buffer) => Buffer): string {
  const exp = Math.floor(Date.now() / 1000) + 600
  const input = `${write({ alg, kid: alg })}.${write({ iss: issuer, aud: audience, sub: alg, exp })}`
  return `${input}.${write(signWith(Buffer.from(input)))}`
}

async function verifyWith(keys: object, token: string, options: object = {}): Promise<void> {
  const auth = createAuth({ issuer, audience, ...options, keys } as never)
  await auth.ready()
  subjects.push((await auth.verifyToken(token)).subject)
}

const signHmac = (input: Buffer) => createHmac('sha256', secret).update(input).digest()
const hmacToken = issue('HS256', signHmac)

async function verifySigned(): Promise<void> {
  await verifyWith({ secret }, hmacToken)
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' })
  const ed25519 = generateKeyPairSync('ed25519')
  const toJwk = ({ publicKey }: { publicKey: KeyObject }, kid: string) => ({
    ...publicKey.export({ format: 'jwk' }),
    kid,
  })
  const jwks = { keys: [toJwk(rsa, 'RS256'), toJwk(p256, 'ES256'), toJwk(p384, 'ES384'), toJwk(ed25519, 'EdDSA')] }
  const rs256 = issue('RS256', (input) => sign('sha256', input, rsa.privateKey))
  const joined = (key: KeyObject) => ({ key, dsaEncoding: 'ieee-p1363' }) as const
  await verifyWith({ jwks }, rs256)
  await verifyWith(
    { jwks },
    issue('ES256', (input) => sign('sha256', input, joined(p256.privateKey))),
  )
  await verifyWith(
    { jwks },
    issue('ES384', (input) => sign('sha384', input, joined(p384.privateKey))),
  )
  await verifyWith(
    { jwks },
    issue('EdDSA', (input) => sign(null, input, ed25519.privateKey)),
  )
  await verifyWith({ publicKey: rsa.publicKey.export({ type: 'spki', format: 'pem' }) }, rs256)
  await verifyWith({ jwksUrl: `${issuer}/keys` }, rs256, { fetch: async () => Response.json(jwks) })
}

/** Sends a request to a server on Express. */
async function verifyOnExpress(): Promise<void> {
  const { default: express } = await import('express')
  const { getAuth, jwtAuth } = await import('@claimcheck/express')
  const app = express()
  app.use(jwtAuth({ issuer, audience, keys: { secret }, roles: {} }))
  app.get('/', (request, response) => void response.json({ subject: getAuth(request).subject }))
  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const headers = { authorization: `Bearer ${hmacToken}` }
  const response = await fetch(`http://127.0.0.1:${port}/`, { headers })
  subjects.push(((await response.json()) as { readonly subject: string }).subject)
  server.close()
}

/** Encrypts a token directly with a secret (RFC 7518 section 4.5) and A256GCM. */
async function decrypt(): Promise<void> {
  const [key, iv] = [randomBytes(32), randomBytes(12)]
  const header = write({ alg: 'dir', enc: 'A256GCM', cty: 'JWT' })
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(header))
  const ciphertext = Buffer.concat([cipher.update(hmacToken), cipher.final()])
  const token = [header, '', write(iv), write(ciphertext), write(cipher.getAuthTag())].join('.')
  await verifyWith({ secret }, token, { decrypt: createDecrypter({ keys: key }) })
}

const adapters = ['@claimcheck/express', '@claimcheck/fastify', '@claimcheck/koa']
const actions: Readonly<Record<string, () => Promise<unknown>>> = {
  adapters: async () => Promise.all(adapters.map(async (name) => import(name))),
  signed: verifySigned,
  express: verifyOnExpress,
  encrypted: decrypt,
}
for (const name of wanted) await actions[name]?.()

const urls = Reflect.get(globalThis, Symbol.for('claimcheck.test.loadedModules')) as readonly string[]
const jose = urls.filter((url) => url.includes('/node_modules/jose/'))
console.log(JSON.stringify({ modules: urls.length, jose, subjects } satisfies LoadReport))
