import type { Authenticator, AuthResult } from './authenticator.ts'
import type { AuthSettings } from './config/auth-options.ts'
import { authentications, startStopwatch } from './diagnostics/channels.ts'
import type { AuthenticateMessage } from './diagnostics/messages.ts'
import { AuthFailure } from './failure/auth-failure.ts'
import { isPromise } from './lib/async.ts'
import type { MaybePromise } from './lib/async.ts'
import type { RequestLike } from './request/headers.ts'
import { Trace } from './trace.ts'

type Issuers = AuthSettings['issuers']

/** The methods of an Authenticator, as an Auth and its gate call them. */
export interface ObservedAuthenticator {
  identify(this: void, request: RequestLike): MaybePromise<AuthResult>
  verifyToken(this: void, token: unknown): MaybePromise<AuthResult>
}

/** Publishes each result on `claimcheck:authenticate`. Without subscribers, requests are not traced. */
export function withDiagnostics(authenticator: Authenticator, issuers: Issuers): ObservedAuthenticator {
  return {
    identify: (request) => {
      if (!authentications.hasSubscribers) return authenticator.identify(request, null)
      return observe(issuers, (trace) => authenticator.identify(request, trace))
    },
    verifyToken: (token) => {
      if (!authentications.hasSubscribers) return authenticator.verifyToken(token, null)
      return observe(issuers, (trace) => authenticator.verifyToken(token, trace))
    },
  }
}

function observe(issuers: Issuers, run: (trace: Trace) => MaybePromise<AuthResult>): MaybePromise<AuthResult> {
  const trace = new Trace({ bypassesCache: false })
  const timing = startStopwatch()
  const publish = (result: AuthResult | null): void => {
    authentications.publish(
      Object.freeze({
        outcome: outcomeOf(result),
        code: result?.failure?.code ?? null,
        issuer: issuerOf(trace, issuers),
        recalled: trace.recalled !== null,
        ...timing(),
      }),
    )
  }
  const onResult = (result: AuthResult): AuthResult => {
    publish(result)
    return result
  }
  const onThrow = (thrown: unknown): never => {
    publish(null)
    throw thrown
  }
  let result: MaybePromise<AuthResult>
  try {
    result = run(trace)
  } catch (thrown) {
    return onThrow(thrown)
  }
  return isPromise(result) ? result.then(onResult, onThrow) : onResult(result)
}

function outcomeOf(result: AuthResult | null): AuthenticateMessage['outcome'] {
  if (result === null) return 'failed'
  if (result.failure !== null) return 'rejected'
  return result.principal === null ? 'anonymous' : 'accepted'
}

/** Returns the issuer only if the options name it, because a client could otherwise create any number of metric attributes. */
function issuerOf({ steps, recalled }: Trace, issuers: Issuers): string | null {
  if (steps.issuer !== undefined && !(steps.issuer instanceof AuthFailure)) return steps.issuer.issuer
  const issuer = recalled?.issuer ?? null
  return issuers.has(issuer) ? issuer : null
}
