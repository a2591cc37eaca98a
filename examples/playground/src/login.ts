import { STATUS_CODES } from 'node:http'
import type { IncomingMessage, RequestListener } from 'node:http'
import { SignJWT } from 'jose'
import { isUserName, users } from './users.ts'
import type { UserName } from './users.ts'

/** The login of the playground: everybody is who they say they are. It signs what the three servers verify. */
export interface Login {
  readonly issuer: string
  readonly audience: string
  readonly secret: Uint8Array
  /** Answers `POST /login {"user":"john"}` by `{"token": …}`, and everything else by a problem. */
  readonly listener: RequestListener
  signToken(user: UserName, issuedAtSeconds: number): Promise<string>
}

interface Answer {
  readonly status: number
  readonly body: object
  readonly headers?: Readonly<Record<string, string>>
}

const lifetimeSeconds = 10_000
const maxBodyCharacters = 1024

/** Makes a login with a secret of its own, which is gone when the process ends. */
export function createLogin(): Login {
  const secret = crypto.getRandomValues(new Uint8Array(32))
  const names = { issuer: 'https://login.example', audience: 'https://api.example' }

  const signToken = (user: UserName, issuedAtSeconds: number) =>
    new SignJWT(users[user])
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setIssuer(names.issuer)
      .setAudience(names.audience)
      .setIssuedAt(issuedAtSeconds)
      .setExpirationTime(issuedAtSeconds + lifetimeSeconds)
      .sign(secret)

  const listener: RequestListener = (request, response) => {
    const send = ({ status, body, headers = {} }: Answer) => {
      const type = status === 200 ? 'application/json' : 'application/problem+json'
      response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store', ...headers })
      response.end(JSON.stringify(body))
    }
    answer(request, signToken).then(send, (error: unknown) => {
      if (!request.complete) return // The client broke off: there is nobody to answer.
      console.error(error)
      send(problem(500, 'The login failed'))
    })
  }

  return { ...names, secret, listener, signToken }
}

async function answer(request: IncomingMessage, signToken: Login['signToken']): Promise<Answer> {
  if (request.url !== '/login') return problem(404, 'There is nothing here but POST /login')
  if (request.method !== 'POST') return problem(405, 'Log in by POST', { Allow: 'POST' })
  const text = await readBody(request)
  if (text === null)
    return problem(413, `The body must be shorter than ${maxBodyCharacters} characters`, { Connection: 'close' })
  const user = readUser(text)
  if (user === undefined) return problem(400, 'The body must be JSON with the name of a user: {"user":"john"}')
  if (!isUserName(user)) return problem(400, `There is no such user; there are ${Object.keys(users).join(' and ')}`)
  return { status: 200, body: { token: await signToken(user, Math.floor(Date.now() / 1000)) } }
}

function problem(status: number, detail: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers, body: { type: 'about:blank', title: STATUS_CODES[status], status, detail } }
}

/** The body as text, or null where it is too long to read on. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  request.setEncoding('utf8')
  let text = ''
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    text += String(chunk)
    if (text.length > maxBodyCharacters) return null
  }
  return text
}

function readUser(text: string): string | undefined {
  try {
    const body: unknown = JSON.parse(text)
    if (typeof body !== 'object' || body === null || !('user' in body)) return undefined
    return typeof body.user === 'string' ? body.user : undefined
  } catch {
    return undefined
  }
}
