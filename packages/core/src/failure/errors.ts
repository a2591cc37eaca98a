interface ErrorRow {
  readonly status: 400 | 401 | 403 | 503
  /** The error of the Bearer challenge; null for a challenge without one; omitted if the response has no challenge. */
  readonly bearer?: BearerError
  readonly message: string
  /** The code whose row the client sees instead. Only logs contain this one. */
  readonly publicCode?: string
}

const invalidToken = (message: string) => ({ status: 401, bearer: 'invalid_token', message }) as const

/** Every error. The code is public API. The message is fixed, because it is all that a client learns about the reason. */
const errorTable = {
  token_missing: { status: 401, bearer: null, message: 'A bearer token is required' },
  request_malformed: {
    status: 400,
    bearer: 'invalid_request',
    message: 'The request must carry one well-formed token',
  },
  cross_site_request: { status: 403, message: 'The request does not show that it comes from an allowed origin' },
  token_malformed: invalidToken('The token is malformed'),
  token_too_large: invalidToken('The token is too large'),
  token_type_not_allowed: invalidToken('The token is of a type that is not accepted here'),
  algorithm_not_allowed: invalidToken('The token is signed with an algorithm that is not accepted here'),
  issuer_unknown: invalidToken('The token is from an issuer that is not accepted here'),
  audience_not_allowed: invalidToken('The token is meant for another audience'),
  // Its own code would let a client find out which keys an issuer has.
  key_not_found: { ...invalidToken('The signature of the token is invalid'), publicCode: 'signature_invalid' },
  signature_invalid: invalidToken('The signature of the token is invalid'),
  token_expired: invalidToken('The token has expired'),
  token_not_active: invalidToken('The token is not active yet'),
  claim_invalid: invalidToken('A claim of the token is missing or invalid'),
  token_bound: invalidToken('The token is bound to a key that the request does not prove'),
  token_revoked: invalidToken('The token has been revoked'),
  scope_insufficient: { status: 403, bearer: 'insufficient_scope', message: 'The token lacks a required scope' },
  access_denied: { status: 403, message: 'Access is denied' },
  keys_unavailable: { status: 503, message: 'The keys to verify the token are not available' },
  revocation_unavailable: { status: 503, message: 'The revocation of the token cannot be checked' },
} as const satisfies Record<string, ErrorRow>

/** The code of an error: one for each section of `docs/errors.md`. */
export type AuthErrorCode = keyof typeof errorTable

/** The code that the client sees. Codes that only logs distinguish are one code here. */
export type PublicCode = {
  [C in AuthErrorCode]: (typeof errorTable)[C] extends { readonly publicCode: infer T extends AuthErrorCode } ? T : C
}[AuthErrorCode]

/** All error codes, in the order of the documentation. */
export const authErrorCodes: readonly AuthErrorCode[] = Object.freeze(Object.keys(errorTable) as AuthErrorCode[])

/** What an AuthError can have in addition to its code. */
export interface AuthErrorDetails {
  /** What exactly was wrong, for logs. */
  readonly logDetail?: string
  /** The scopes that the challenge names (RFC 6750 section 3). @default none */
  readonly scopes?: readonly string[]
  /** The seconds of `Retry-After`, which only a 503 has. Rounded up. @default 10 */
  readonly retryAfterSeconds?: number
}

const authErrorBrand = Symbol.for('claimcheck.AuthError')
let setStyle: (error: AuthError, style: ResponseStyle) => void
let readDetails: (error: AuthError) => AuthErrorDetails

/**
 * A request is rejected (400, 401, 403), or cannot be judged now (503). `code` and `message` are what the client sees.
 * `logCode`, `logDetail` and `cause` are for logs: none of them is an enumerable property, so that no serializer sends it.
 * `logCode` and `logDetail` never contain a token, a key or the value of a claim.
 */
export class AuthError extends Error {
  static {
    setStyle = (error, style) => {
      if (#style in error) error.#style = style
    }
    readDetails = (error) => {
      if (!(#style in error)) return {}
      const retryAfterSeconds = error.#retryAfterSeconds
      return error.#scopes.length === 0 ? { retryAfterSeconds } : { scopes: error.#scopes, retryAfterSeconds }
    }
    Object.defineProperty(this.prototype, authErrorBrand, { value: true })
    Object.defineProperty(this.prototype, 'name', { value: 'AuthError', configurable: true, writable: true })
  }

  /** The code that the client sees. `logCode` can be more precise. */
  readonly code: PublicCode
  readonly status: ErrorRow['status']
  /** Whether a framework may show the message, as in `http-errors`. False for an outage, so that frameworks log it. */
  readonly expose: boolean
  readonly #logCode: AuthErrorCode
  readonly #logDetail: string | null
  readonly #scopes: readonly string[]
  readonly #retryAfterSeconds: number
  #style: ResponseStyle = defaultStyle
  #headers: Readonly<Record<string, string>> | null = null

  /** Takes the precise code. Throws a TypeError for an unknown code, and for a detail that no header can contain. */
  constructor(code: AuthErrorCode, details: AuthErrorDetails = {}, options?: ErrorOptions) {
    if (!Object.hasOwn(errorTable, code)) throw new TypeError('Unknown error code: expected one of authErrorCodes')
    const publicCode = toPublicCode(code)
    const { message, status } = errorTable[publicCode]
    super(message, ownCause(options))
    this.code = publicCode
    this.status = status
    this.expose = this.status < 500
    this.#logCode = code
    const { logDetail, scopes, retryAfterSeconds }: AuthErrorDetails = Object.assign(Object.create(null), details)
    this.#logDetail = logDetail ?? null
    this.#scopes = validScopes(scopes ?? [])
    this.#retryAfterSeconds = validSeconds(retryAfterSeconds ?? 10)
  }

  // Serializers of frameworks read an error through objects that inherit from it. These have no private fields, so the
  // getters return null, or what the client sees.

  /** The precise code, for logs: `key_not_found` when `code` is `signature_invalid`. Not for the client. */
  get logCode(): AuthErrorCode {
    const { code } = this
    return #logCode in this ? this.#logCode : code
  }

  /** What exactly was wrong, for logs. Not for the client. */
  get logDetail(): string | null {
    return #logDetail in this ? this.#logDetail : null
  }

  /** The problem type (RFC 9457): `about:blank`, or `problemTypeBase` followed by the code. */
  get type(): string {
    const { code } = this
    const base = #style in this ? this.#style.problemTypeBase : null
    return base === null ? 'about:blank' : base + code
  }

  /** The headers of the response: `WWW-Authenticate` (RFC 6750), `Retry-After` for an outage, `Cache-Control: no-store`. */
  get headers(): Readonly<Record<string, string>> {
    if (!(#headers in this)) return {}
    if (this.#headers !== null) return this.#headers
    const row: ErrorRow = errorTable[this.code]
    const headers: Record<string, string> = { 'Cache-Control': 'no-store' }
    if (Object.hasOwn(row, 'bearer') && row.bearer !== undefined) {
      headers['WWW-Authenticate'] = bearerChallenge(this.#style.realm, row.bearer, row.message, this.#scopes)
    }
    if (row.status === 503) headers['Retry-After'] = String(this.#retryAfterSeconds)
    return headers
  }

  /** Middleware can replace them: Koa's CORS adds its headers to a thrown error. */
  set headers(headers: Readonly<Record<string, string>>) {
    if (#headers in this) this.#headers = headers
  }
}

/** Keeps only an own `cause`: the Error constructor also reads an inherited one, such as that of a polluted prototype. */
export function ownCause(options: ErrorOptions | undefined): ErrorOptions | undefined {
  return options !== undefined && Object.hasOwn(options, 'cause') ? { cause: options.cause } : undefined
}

/** Checked in the constructor, because a line break in a scope would let an attacker add a header of the response. */
function validScopes(scopes: readonly string[]): readonly string[] {
  if (scopes.every(isScope)) return [...scopes]
  throw new TypeError('scopes must be printable ASCII without spaces, quotes and backslashes')
}

function validSeconds(seconds: number): number {
  if (seconds >= 0 && seconds < Infinity) return Math.ceil(seconds)
  throw new TypeError('retryAfterSeconds must be a finite number, 0 or more')
}

/** Whether the value is an AuthError, even from another copy of the package. */
export function isAuthError(value: unknown): value is AuthError {
  return value instanceof Error && hasBrand(value)
}

/** Reads own properties up to Error.prototype, so that a polluted Object.prototype does not make every error an AuthError. */
function hasBrand(error: Error): boolean {
  let object: object | null = error
  while (object !== null && object !== Error.prototype) {
    if (Object.hasOwn(object, authErrorBrand)) return true
    object = Object.getPrototypeOf(object)
  }
  return false
}

/** The precise code of an AuthError. In an older copy of the package, `code` is the precise one. */
export function logCodeOf(error: AuthError): AuthErrorCode {
  const { logCode }: { readonly logCode?: unknown } = error
  return typeof logCode === 'string' && Object.hasOwn(errorTable, logCode) ? (logCode as AuthErrorCode) : error.code
}

/** Returns the detail of an AuthError for logs; null for one of another copy of the package that has none. */
export function logDetailOf(error: AuthError): string | null {
  const { logDetail }: { readonly logDetail?: unknown } = error
  return typeof logDetail === 'string' ? logDetail : null
}

/** The details and the cause of an AuthError, without its logDetail. From another copy of the package, only the cause. */
export function detailsOf(error: AuthError): AuthErrorDetails & { readonly cause?: unknown } {
  return Object.hasOwn(error, 'cause') ? { ...readDetails(error), cause: error.cause } : readDetails(error)
}

/** The code that the client sees. A code that this copy of the package does not know is returned unchanged. */
export function toPublicCode(code: AuthErrorCode): PublicCode {
  const row: ErrorRow | undefined = Object.hasOwn(errorTable, code) ? errorTable[code] : undefined
  // PublicCode is derived from this property of the table.
  return (row !== undefined && Object.hasOwn(row, 'publicCode') ? row.publicCode : code) as PublicCode
}

/** The status of the response to an error. */
export function statusOf(code: AuthErrorCode): number {
  return errorTable[code].status
}

/** Whether an error is an outage, which is the fault of neither the token nor the caller. */
export function isOutage(code: AuthErrorCode): boolean {
  return errorTable[code].status === 503
}

/** Sets the realm and the problem type of the Auth that rejects the request. */
export function styleError(error: AuthError, style: ResponseStyle): void {
  setStyle(error, style)
}

/** `message` replaces the sentence that is built from `option`, `expected` and `received`. */
interface ConfigErrorOptions extends ErrorOptions {
  readonly message?: string
}

/**
 * An option is missing, unknown or invalid, so the server must not start. It never contains the input: of a secret, at most
 * its size and type.
 */
export class ConfigError extends Error {
  static {
    Object.defineProperty(this.prototype, 'name', { value: 'ConfigError', configurable: true, writable: true })
  }

  /** The path of the option (`keys.secret`), or the name of the variable that it was read from. */
  readonly option: string
  readonly expected: string
  /** A description of the input, never the input itself. */
  readonly received: string

  constructor(option: string, expected: string, received: string, options: ConfigErrorOptions = {}) {
    const message = Object.hasOwn(options, 'message') ? options.message : undefined
    super(message ?? `Invalid option "${option}": expected ${expected}, received ${received}`, ownCause(options))
    this.option = option
    this.expected = expected
    this.received = received
  }
}

/** What an Auth adds to its errors: the realm of the challenge, and the base of the problem's `type`. */
export interface ResponseStyle {
  readonly realm: string
  readonly problemTypeBase: string | null
}

export const defaultStyle: ResponseStyle = Object.freeze({ realm: 'api', problemTypeBase: null })

/** The error of a challenge (RFC 6750 section 3.1); null for a request without a token, whose challenge has no error. */
export type BearerError = 'invalid_request' | 'invalid_token' | 'insufficient_scope' | null

/** Whether the value is a scope (RFC 6749 section 3.3), and can therefore be part of a header. */
export function isScope(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21\x23-\x5B\x5D-\x7E]+$/.test(value)
}

/**
 * Builds a `WWW-Authenticate` value (RFC 6750 section 3). It contains nothing of a request, so that no client can inject a
 * header: `createAuth` has checked the realm, `isScope` the scopes, and the description comes from the table of errors.
 */
export function bearerChallenge(
  realm: string,
  error: BearerError,
  description: string,
  scopes: readonly string[],
): string {
  const parameters = [`realm="${realm}"`]
  if (error !== null) parameters.push(`error="${error}"`, `error_description="${description}"`)
  if (scopes.length > 0) parameters.push(`scope="${scopes.join(' ')}"`)
  return `Bearer ${parameters.join(', ')}`
}
