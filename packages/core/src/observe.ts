import type { AuthSettings } from './config/auth-options.ts'
import { Trace } from './trace.ts'
import { AuthFailure } from './failure/auth-failure.ts'
import { isPromise } from './lib/async.ts'
import type { MaybePromise } from './lib/async.ts'
import type { RequestLike } from './request/request-like.ts'
import type { AuthResult, Authenticator } from './authenticator.ts'
import { authentications } from './diagnostics/channels.ts'
import type { AuthenticateMessage } from './diagnostics/messages.ts'
import { startStopwatch } from './diagnostics/stopwatch.ts'

type Issuers = AuthSettings['issuers']

/** The way, as an Auth and its adapters take it. */
export interface ObservedWay {
  identify(this: void, request: RequestLike): MaybePromise<AuthResult>
  verifyToken(this: void, token: unknown): MaybePromise<AuthResult>
}

/** Tells each outcome of the way to those who subscribed to `claimcheck:authenticate`; where nobody did, it is as it was. */
export function observe(way: Authenticator, issuers: Issuers): ObservedWay {
  return {
    identify: (request) => {
      if (!authentications.hasSubscribers) return way.identify(request, null)
      return follow(issuers, (trace) => way.identify(request, trace))
    },
    verifyToken: (token) => {
      if (!authentications.hasSubscribers) return way.verifyToken(token, null)
      return follow(issuers, (trace) => way.verifyToken(token, trace))
    },
  }
}

function follow(issuers: Issuers, take: (trace: Trace) => MaybePromise<AuthResult>): MaybePromise<AuthResult> {
  const trace = new Trace({ isWhole: false })
  const timing = startStopwatch()
  const tell = (identified: AuthResult | null): void => {
    authentications.publish(
      Object.freeze({
        outcome: outcomeOf(identified),
        code: identified?.refused?.code ?? null,
        issuer: issuerOf(trace, issuers),
        recalled: trace.recalled !== null,
        ...timing(),
      }),
    )
  }
  const told = (identified: AuthResult): AuthResult => {
    tell(identified)
    return identified
  }
  const failed = (thrown: unknown): never => {
    tell(null)
    throw thrown
  }
  let found: MaybePromise<AuthResult>
  try {
    found = take(trace)
  } catch (thrown) {
    return failed(thrown)
  }
  return isPromise(found) ? found.then(told, failed) : told(found)
}

function outcomeOf(identified: AuthResult | null): AuthenticateMessage['outcome'] {
  if (identified === null) return 'failed'
  if (identified.refused !== null) return 'refused'
  return identified.principal === null ? 'anonymous' : 'accepted'
}

/** As the settings name it, never as a token does: what is counted by it must stay bounded. */
function issuerOf({ steps, recalled }: Trace, issuers: Issuers): string | null {
  if (steps.issuer !== undefined && !(steps.issuer instanceof AuthFailure)) return steps.issuer.issuer
  const issuer = recalled?.issuer ?? null
  return issuers.has(issuer) ? issuer : null
}
