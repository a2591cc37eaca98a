import { carryResponse, unavailableResponse } from '@claimcheck/core/internal'

/** Why a step was not known to be done. */
export type RedisStoreReason =
  /** There is no connection. */
  | 'unreachable'
  /** No answer in time: whether Redis did the step is not known. */
  | 'timeout'
  /** Redis refuses the user, the password or the command. */
  | 'denied'
  /** Redis takes no writes: it is a replica, out of memory or of disk. */
  | 'read_only'
  /** Redis has not what it needs to serve yet. */
  | 'loading'
  /** As many entries are held as may be. */
  | 'full'
  /** Written, but not confirmed by any replica in time. */
  | 'not_replicated'
  /** Redis has lost revocations, and this process cannot know which. */
  | 'lost'
  /** A setting of Redis makes it unfit: it evicts keys. */
  | 'misconfigured'
  /** What Redis holds under our keys is not ours, or it answers in a way that is not known. */
  | 'unexpected'

/** A step that Redis did not do, or is not known to have done. `message` says what to do; `cause` is the client's error. */
export class RedisStoreError extends Error {
  static {
    Object.defineProperty(this.prototype, 'name', { value: 'RedisStoreError', configurable: true, writable: true })
  }

  readonly reason: RedisStoreReason

  constructor(reason: RedisStoreReason, message: string, options?: ErrorOptions) {
    super(message, options)
    this.reason = reason
    carryResponse(this, unavailableResponse)
  }
}

interface Explanation {
  readonly said: RegExp
  readonly reason: RedisStoreReason
  readonly remedy: string
}

/** By the first words of what Redis or its client says; its own words may hold names and addresses, and stay in `cause`. */
const explanations: readonly Explanation[] = [
  {
    said: /^(WRONGPASS|NOAUTH|ERR AUTH|ERR invalid password)/,
    reason: 'denied',
    remedy: 'Redis refuses the user or the password: give the client those of an ACL user that is on',
  },
  {
    // The last two are what Redis 7.0 says inside scripts.
    said: /^NOPERM|ACL failure|has no permissions|user executing the script can't (run|access)/,
    reason: 'denied',
    remedy: 'The ACL user may not run a command or touch a key: give it the rights that docs/login-revocation.md lists',
  },
  {
    said: /^READONLY/,
    reason: 'read_only',
    remedy: 'This Redis is a replica: connect to the primary, as a client of Sentinel or of a cluster does by itself',
  },
  {
    said: /^OOM|^MISCONF|^NOREPLICAS/,
    reason: 'read_only',
    remedy: 'Redis takes no writes: give it memory, disk or the replicas that it asks for',
  },
  {
    said: /^LOADING|^MASTERDOWN|^CLUSTERDOWN|^BUSY|^TRYAGAIN/,
    reason: 'loading',
    remedy: 'Redis is not ready to serve yet: wait until it has loaded its data and found its primary',
  },
  {
    said: /max(imum)? number of clients/,
    reason: 'unreachable',
    remedy: 'Redis accepts no more clients: raise maxclients, or let fewer processes connect',
  },
  {
    said: /^WRONGTYPE/,
    reason: 'unexpected',
    remedy: 'A key of another kind stands where ours should: give these stores a prefix of their own',
  },
  {
    said: /RESP3/,
    reason: 'unexpected',
    remedy: 'Version 5 of the client reads streams by RESP 2 alone: leave RESP out, or take version 6',
  },
  {
    said: /client is closed/,
    reason: 'unreachable',
    remedy: 'The client is not connected: await client.connect() before the first step',
  },
  {
    said: /aborted|[Tt]imed? ?out|Timeout|^Socket timeout/,
    reason: 'timeout',
    remedy: 'Redis did not answer in time: see whether it runs, and whether it is busy or cut off',
  },
  {
    said: /offline|Socket closed|Disconnects client|ECONN|ENOTFOUND|EAI_AGAIN|EPIPE|EHOST|ENET|ENOENT|queue is full/,
    reason: 'unreachable',
    remedy: 'Redis cannot be reached: see whether it runs, and whether the client has the right host and port',
  },
]

/** What to do about an error of the client or of Redis, with the error as its cause. */
export function toStoreError(cause: unknown): RedisStoreError {
  if (cause instanceof RedisStoreError) return cause
  const said = cause instanceof Error ? `${cause.message} ${codeOf(cause)}` : ''
  const found = explanations.find((explanation) => explanation.said.test(said))
  return found === undefined
    ? new RedisStoreError('unexpected', 'Redis or its client failed in a way that is not known: see the cause', {
        cause,
      })
    : new RedisStoreError(found.reason, found.remedy, { cause })
}

/** Why nothing is done any more. */
export function storesClosed(): RedisStoreError {
  return new RedisStoreError('unreachable', 'The stores are closed: make new ones with createRedisStores')
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : ''
}
