import { createHmac, createPublicKey } from 'node:crypto'
import { generateKeys } from '@claimcheck/issuer'
import { users } from './login.ts'
import type { Login, UserName } from './login.ts'

/** A token that the APIs must reject. The page has a button for each one, and the tour calls the APIs with each one. */
export interface Attack {
  readonly name: string
  /** How the token is made, for the page. */
  readonly description: string
  /** The user that the token is for; null: any. */
  readonly user: UserName | null
  create(this: void, login: Login, user: UserName): Promise<string>
}

export const attacks: readonly Attack[] = [
  {
    name: 'admin: true',
    description: 'jane changed admin to true in her claims, and kept the signature.',
    user: 'jane',
    create: async ({ signToken }, user) => {
      const [header, , signature] = (await signToken(user)).split('.')
      return [header, encode({ ...(await readClaims(signToken, user)), admin: true }), signature].join('.')
    },
  },
  {
    name: 'expired',
    description: 'The login signed this token an hour ago. It was valid for five minutes.',
    user: null,
    create: async ({ signToken }, user) => signToken(user, { now: () => Date.now() - 3_600_000 }),
  },
  {
    name: 'alg: none',
    description: 'The header declares that the token needs no signature, and it has none.',
    user: null,
    create: async (login, user) => {
      return `${encode({ alg: 'none', typ: 'at+jwt' })}.${encode({ ...(await readClaims(login.signToken, user)), admin: true })}.`
    },
  },
  {
    name: 'HS256 with the public key',
    description: 'The attacker used the public key, which everyone can read, as the secret of an HMAC.',
    user: null,
    create: async (login, user) => {
      const [jwk = {}] = publishedKeys(login)
      const secret = createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' })
      const header = encode({ alg: 'HS256', typ: 'at+jwt', kid: jwk['kid'] })
      const content = `${header}.${encode({ ...(await readClaims(login.signToken, user)), admin: true })}`
      return `${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`
    },
  },
  {
    name: 'other audience',
    description: 'The login signed this token for https://billing.example, which is another API.',
    user: null,
    create: async ({ signToken }, user) => signToken(user, { audience: 'https://billing.example' }),
  },
  {
    name: 'unknown kid',
    description: 'The attacker signed this token with a key that the login does not publish.',
    user: null,
    create: async ({ signToken }, user) => signToken(user, { keys: await generateKeys('ES256') }),
  },
  {
    name: 'revoked',
    description: 'The session of this token was logged out. The token has not expired.',
    user: null,
    create: async ({ issuer }, user) => {
      const { accessToken, refreshToken } = await issuer.login(users[user])
      await issuer.logout(refreshToken)
      return accessToken
    },
  },
]

/** Reads the claims of a new token of the user. */
async function readClaims(signToken: Login['signToken'], user: UserName): Promise<object> {
  const [, payload = ''] = (await signToken(user)).split('.')
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as object
}

function publishedKeys({ issuer }: Login): readonly Readonly<Record<string, unknown>>[] {
  return (issuer.jwks().body as { readonly keys: readonly Readonly<Record<string, unknown>>[] }).keys
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}
