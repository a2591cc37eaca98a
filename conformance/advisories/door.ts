import { AuthError, createAuth, isAuthError, toErrorResponse } from '@claimcheck/core'
import type { Auth, AuthOptions, Policy, Principal, AuthErrorCode, RequestLike } from '@claimcheck/core'
import { checkPolicy, createGate } from '@claimcheck/core/adapter'
import type { Mode } from '@claimcheck/core/adapter'
import { onTestFinished } from 'vitest'
import type { Answer } from '@claimcheck/testing/contract/answer'
import type { RouteSpec } from '@claimcheck/testing/adapter'
import { answerLines, refusalToLines } from '@claimcheck/testing/contract/answer-lines'
import { bearer } from '@claimcheck/testing/contract/issuer'
import { ask } from '@claimcheck/testing/contract/raw-client'
import type { RawRequest } from '@claimcheck/testing/contract/raw-client'
import type { Target } from '../src/target.ts'

/** Where callers are let in or refused: core by itself, or an adapter in its framework, over the wire. */
export interface Harness {
  readonly name: string
  readonly isCore: boolean
  /** How a token that names an unknown key is answered: on the wire it may not be told from a bad signature. */
  readonly unknownKey: AuthErrorCode
  /** Rejects where the start is refused. */
  open(auth: Auth<string, unknown> | AuthOptions<string, unknown>, spec?: DoorSpec): Promise<Entrance>
}

export interface DoorSpec {
  /** Of the one route behind it, for GET and POST. @default `/` */
  readonly path?: string
  readonly mode?: Mode
  readonly guards?: readonly Policy[]
  /** What the handler does with its caller. @default tells the subject */
  readonly handle?: (principal: Principal | null) => string
}

/** A door that is open, for the length of a test. */
export interface Entrance {
  /** What the handler said, or the code of the refusal; `bug` where the framework would answer 500. */
  ask(request: RawRequest): Promise<string>
  /** As `ask`, with this token. */
  present(token: string): Promise<string>
  /** All that comes back, as text. */
  read(request: RawRequest): Promise<string>
  /** How often the handler was reached. */
  timesReached(): number
}

type ToRequest = (request: RawRequest) => RequestLike

export const coreDoors: readonly Harness[] = [
  createCoreDoor('core, on a request of Node', ofNode),
  createCoreDoor('core, on a request of Fetch', ofFetch),
]

function createCoreDoor(name: string, toRequest: ToRequest): Harness {
  return {
    name,
    isCore: true,
    unknownKey: 'key_not_found',
    async open(given, { mode, guards = [], handle = subjectOf } = {}) {
      const auth = 'authenticate' in given ? given : createAuth(given)
      let reached = 0
      const enter = async (request: RawRequest) => {
        const principal = await admit(auth, toRequest(request), { mode, guards })
        reached++
        return handle(principal)
      }
      const outcomeOf = (request: RawRequest) => enter(request).catch(codeOf)
      return {
        ask: outcomeOf,
        present: (token) => outcomeOf({ headers: [bearer(token)] }),
        read: (request) => enter(request).catch((error: unknown) => textOf(error)),
        timesReached: () => reached,
      }
    },
  }
}

/** Modes are the gate's, which adapters put into the way of a request. */
async function admit(
  auth: Auth<string, unknown>,
  request: RequestLike,
  { mode, guards }: { readonly mode: Mode | undefined; readonly guards: readonly Policy[] },
): Promise<Principal | null> {
  if (mode === undefined) {
    const principal = await auth.authenticate(request)
    for (const policy of guards) await auth.authorize(principal, policy, request)
    return principal as Principal
  }
  const carrier = {}
  const { principal } = await createGate(auth, { mode, onError: 'forward' }).admit(carrier, request)
  for (const policy of guards) checkPolicy(carrier, policy)
  return principal as Principal | null
}

export function adapterDoor(target: Target): Harness {
  return {
    name: target.name,
    isCore: false,
    unknownKey: codeOnTheWire(new AuthError('key_not_found')),
    async open(auth, { path = '/', mode, guards = [], handle = subjectOf } = {}) {
      let reached = 0
      const handler: RouteSpec['handler'] = (caller) => {
        reached++
        return handle(caller.find())
      }
      const mounts = [{ auth, ...(mode === undefined ? {} : { mode }) }]
      const routes = (['GET', 'POST'] as const).map((method) => ({ method, path, guards, handler }))
      const { port, close } = await target.start({ mounts, routes })
      onTestFinished(close)
      const outcomeOf = async (request: RawRequest) => outcomeOnTheWire(await ask(port, request))
      return {
        ask: outcomeOf,
        present: (token) => outcomeOf({ headers: [bearer(token)] }),
        read: async (request) => answerLines(await ask(port, request)).join('\n'),
        timesReached: () => reached,
      }
    },
  }
}

/** What becomes of a start with these options: `started`, or the name of the setting that is wrong. */
export async function startOf(door: Harness, options: object): Promise<string> {
  try {
    await door.open(options as AuthOptions)
    return 'started'
  } catch (error) {
    if (error instanceof Error && error.name === 'ConfigError' && 'option' in error) return String(error.option)
    throw error
  }
}

/** The outcome of each token, under its name. */
export async function outcomesOf(
  { present }: Entrance,
  tokens: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  const outcomes: Record<string, string> = {}
  for (const [name, token] of Object.entries(tokens)) outcomes[name] = await present(token)
  return outcomes
}

/** One outcome for all the names. */
export function allOf(named: Readonly<Record<string, unknown>>, outcome: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.keys(named).map((name) => [name, outcome]))
}

function subjectOf(principal: Principal | null): string {
  return principal?.subject ?? 'nobody'
}

function codeOf(error: unknown): string {
  return isAuthError(error) ? error.logCode : 'bug'
}

function textOf(error: unknown): string {
  if (!isAuthError(error)) throw error
  return [...refusalToLines(error), error.message, error.logDetail, JSON.stringify(error)].join('\n')
}

function outcomeOnTheWire({ status, headers, body }: Answer): string {
  if (status === 200) return body.toString()
  const isProblem = headers.some(([name, value]) => name === 'content-type' && value === 'application/problem+json')
  if (isProblem) return (JSON.parse(body.toString()) as { readonly code: string }).code
  return status === 500 ? 'bug' : `status ${status}`
}

function codeOnTheWire(error: AuthError): AuthErrorCode {
  return (JSON.parse(toErrorResponse(error).body) as { readonly code: AuthErrorCode }).code
}

/** Node lets the first of two lines of a name stand, and tells of both by rawHeaders. */
function ofNode({ method = 'GET', path = '/', headers = [], body }: RawRequest): RequestLike {
  const byName: Record<string, string> = {}
  for (const [name, value] of headers) byName[name.toLowerCase()] ??= value.trim()
  return Object.assign({ headers: byName, rawHeaders: headers.flat(), method }, { url: path, body })
}

function ofFetch({ method = 'GET', path = '/', headers = [], body }: RawRequest): RequestLike {
  const lines = headers.map(([name, value]): [string, string] => [name, value])
  return new Request(`http://127.0.0.1${path}`, { method, headers: lines, ...(body === undefined ? {} : { body }) })
}
