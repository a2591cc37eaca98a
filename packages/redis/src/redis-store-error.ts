import { carryResponse, unavailableResponse } from '@claimcheck/core/internal'

/** Why an operation failed, or why it is not known whether it succeeded. */
export type RedisStoreReason =
  /** There is no connection. */
  | 'unreachable'
  /** Redis did not respond in time. It is not known whether it carried out the operation. */
  | 'timeout'
  /** Redis rejects the user, the password or the command. */
  | 'denied'
  /** Redis accepts no writes: it is a replica, or out of memory or disk space. */
  | 'read_only'
  /** Redis is not ready to serve yet. */
  | 'loading'
  /** The maximum number of revocations has been reached. */
  | 'full'
  /** The revocation was written, but no replica confirmed it in time. */
  | 'not_replicated'
  /** Redis has lost revocations, and this process cannot know which. */
  | 'lost'
  /** A setting of Redis is unsuitable: it evicts keys. */
  | 'misconfigured'
  /** A key contains something that these stores did not write, or the response is unknown. */
  | 'unexpected'

/**
 * Redis did not carry out an operation, or it is not known whether it did. `message` says what to do; `cause` is the error
 * of the client.
 */
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

interface KnownError {
  readonly pattern: RegExp
  readonly reason: RedisStoreReason
  readonly message: string
}

/** Errors of Redis and of its client. Their own messages can contain names and addresses, and stay in `cause`. */
const knownErrors: readonly KnownError[] = [
  {
    pattern: /^(WRONGPASS|NOAUTH|ERR AUTH|ERR invalid password)/,
    reason: 'denied',
    message: 'Redis rejects the user or the password: pass those of an enabled ACL user to the client',
  },
  {
    // The last two are messages of Redis 7.0 for commands in scripts.
    pattern: /^NOPERM|ACL failure|has no permissions|user executing the script can't (run|access)/,
    reason: 'denied',
    message: 'The ACL user cannot run a command or access a key: grant the rights in docs/login-revocation.md',
  },
  {
    pattern: /^READONLY/,
    reason: 'read_only',
    message: 'This Redis is a replica: connect to the primary, directly or with a client for Sentinel or a cluster',
  },
  {
    pattern: /^OOM|^MISCONF|^NOREPLICAS/,
    reason: 'read_only',
    message: 'Redis accepts no writes: check its memory, its disk space and its replicas',
  },
  {
    pattern: /^LOADING|^MASTERDOWN|^CLUSTERDOWN|^BUSY|^TRYAGAIN/,
    reason: 'loading',
    message: 'Redis is not ready to serve yet: wait until it has loaded its data and found its primary',
  },
  {
    pattern: /max(imum)? number of clients/,
    reason: 'unreachable',
    message: 'Redis accepts no more clients: raise maxclients, or connect fewer processes',
  },
  {
    pattern: /^WRONGTYPE/,
    reason: 'unexpected',
    message: 'A key contains a value of another type: set the option prefix to one that no other program uses',
  },
  {
    pattern: /RESP3/,
    reason: 'unexpected',
    message: 'Version 5 of the client reads streams only with RESP 2: omit the option RESP, or use version 6',
  },
  {
    pattern: /client is closed/,
    reason: 'unreachable',
    message: 'The client is not connected: call await client.connect() first',
  },
  {
    pattern: /aborted|[Tt]imed? ?out|Timeout|^Socket timeout/,
    reason: 'timeout',
    message: 'Redis did not respond in time: check whether it is running, overloaded or unreachable',
  },
  {
    pattern: /offline|Socket closed|Disconnects client|ECONN|ENOTFOUND|EAI_AGAIN|EPIPE|EHOST|ENET|ENOENT|queue is full/,
    reason: 'unreachable',
    message: 'Redis cannot be reached: check whether it is running, and the host and port of the client',
  },
]

/** Converts an error of the client or of Redis, which becomes the cause. A RedisStoreError is returned as it is. */
export function toStoreError(cause: unknown): RedisStoreError {
  if (cause instanceof RedisStoreError) return cause
  const text = cause instanceof Error ? `${cause.message} ${codeOf(cause)}` : ''
  const known = knownErrors.find(({ pattern }) => pattern.test(text))
  return known === undefined
    ? new RedisStoreError('unexpected', 'Redis or its client failed with an unknown error: see the cause', { cause })
    : new RedisStoreError(known.reason, known.message, { cause })
}

export function storesClosed(): RedisStoreError {
  return new RedisStoreError('unreachable', 'The stores are closed: create new ones with createRedisStores')
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : ''
}
