interface ErrorRow {
  readonly status: 400 | 401 | 403 | 503
  /** The error of the Bearer challenge, `null` for a bare one; left out: the answer carries no challenge. */
  readonly bearer?: BearerError
  readonly text: string
  /** The row that the client sees instead: the difference is for logs alone. */
  readonly publicCode?: string
}

const invalidToken = (text: string) => ({ status: 401, bearer: 'invalid_token', text }) as const

/** Every refusal there is. The code is public API; the text is fixed, and all that a client is told. */
const refusals = {
  token_missing: { status: 401, bearer: null, text: 'A bearer token is required' },
  request_malformed: { status: 400, bearer: 'invalid_request', text: 'The request must carry one well-formed token' },
  cross_site_request: { status: 403, text: 'The request does not show that it comes from an allowed origin' },
  token_malformed: invalidToken('The token is malformed'),
  token_too_large: invalidToken('The token is too large'),
  token_type_not_allowed: invalidToken('The token is of a type that is not accepted here'),
  algorithm_not_allowed: invalidToken('The token is signed with an algorithm that is not accepted here'),
  issuer_unknown: invalidToken('The token is from an issuer that is not accepted here'),
  audience_not_allowed: invalidToken('The token is meant for another audience'),
  // Which keys an issuer has is not for a client to find out by asking.
  key_not_found: { ...invalidToken('The signature of the token is invalid'), publicCode: 'signature_invalid' },
  signature_invalid: invalidToken('The signature of the token is invalid'),
  token_expired: invalidToken('The token has expired'),
  token_not_active: invalidToken('The token is not active yet'),
  claim_invalid: invalidToken('A claim of the token is missing or invalid'),
  token_bound: invalidToken('The token is bound to a key that the request does not prove'),
  token_revoked: invalidToken('The token has been revoked'),
  scope_insufficient: { status: 403, bearer: 'insufficient_scope', text: 'The token lacks a required scope' },
  access_denied: { status: 403, text: 'Access is denied' },
  keys_unavailable: { status: 503, text: 'The keys to verify the token are not available' },
  revocation_unavailable: { status: 503, text: 'The revocation of the token cannot be checked' },
} as const satisfies Record<string, ErrorRow>

/** The code of a refusal, one for each row of `docs/errors.md`. */
export type AuthErrorCode = keyof typeof refusals

/** The code of a refusal as the client sees it: what logs alone tell apart is one code here. */
export type PublicCode = {
  [C in AuthErrorCode]: (typeof refusals)[C] extends { readonly publicCode: infer T extends AuthErrorCode } ? T : C
}[AuthErrorCode]

/** Every refusal code, in the order of the documentation. */
export const authErrorCodes: readonly AuthErrorCode[] = Object.freeze(Object.keys(refusals) as AuthErrorCode[])

/** What a refusal may carry beside its code: words for the log, the scopes of the challenge, the pause of an outage. */
export interface AuthErrorDetails {
  readonly logDetail?: string
  readonly scopes?: readonly string[]
  /** @default 10, on a 503 */
  readonly retryAfterSeconds?: number
}

const authErrorBrand = Symbol.for('claimcheck.AuthError')
let setStyle: (error: AuthError, style: ResponseStyle) => void
let readDetails: (error: AuthError) => AuthErrorDetails

/**
 * A request is refused (400, 401, 403), or cannot be judged now (503). `code` and `message` are what the client sees.
 * `logCode`, `logDetail` and `cause` are for logs: none of them is an enumerable property, so that no serializer sends it.
 * None contains a token, a key or the value of a claim.
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

  /** What the client sees; `logCode` may be more precise. */
  readonly code: PublicCode
  readonly status: ErrorRow['status']
  /** False for an outage, so that a framework which is handed the error logs it; the word is http-errors'. */
  readonly expose: boolean
  readonly #logCode: AuthErrorCode
  readonly #logDetail: string | null
  readonly #scopes: readonly string[]
  readonly #retryAfterSeconds: number
  #style: ResponseStyle = defaultStyle
  #headers: Readonly<Record<string, string>> | null = null

  /** Takes the precise code. Throws a TypeError for what no header can carry. */
  constructor(code: AuthErrorCode, details: AuthErrorDetails = {}, options?: ErrorOptions) {
    if (!Object.hasOwn(refusals, code)) throw new TypeError('Unknown error code: expected one of authErrorCodes')
    const publicCode = toPublicCode(code)
    const { text, status } = refusals[publicCode]
    super(text, ownCause(options))
    this.code = publicCode
    this.status = status
    this.expose = this.status < 500
    this.#logCode = code
    const { logDetail, scopes, retryAfterSeconds }: AuthErrorDetails = Object.assign(Object.create(null), details)
    this.#logDetail = logDetail ?? null
    this.#scopes = checkedScopes(scopes ?? [])
    this.#retryAfterSeconds = checkedSeconds(retryAfterSeconds ?? 10)
  }

  // Serializers of frameworks read errors through objects that inherit from them, which have no private fields:
  // there, what is for logs does not exist.

  /** The precise code, for logs: `key_not_found` where `code` is `signature_invalid`. Not for the client. */
  get logCode(): AuthErrorCode {
    const { code } = this
    return #logCode in this ? this.#logCode : code
  }

  /** What exactly was wrong, for logs. Not for the client. */
  get logDetail(): string | null {
    return #logDetail in this ? this.#logDetail : null
  }

  /** The problem type of RFC 9457: `about:blank`, or `problemTypeBase` and the code. */
  get type(): string {
    const { code } = this
    const base = #style in this ? this.#style.problemTypeBase : null
    return base === null ? 'about:blank' : base + code
  }

  /** The headers that belong to the answer: the challenge of RFC 6750, `Retry-After` for an outage, `no-store`. */
  get headers(): Readonly<Record<string, string>> {
    if (!(#headers in this)) return {}
    if (this.#headers !== null) return this.#headers
    const row: ErrorRow = refusals[this.code]
    const headers: Record<string, string> = { 'Cache-Control': 'no-store' }
    if (Object.hasOwn(row, 'bearer') && row.bearer !== undefined) {
      headers['WWW-Authenticate'] = bearerChallenge(this.#style.realm, row.bearer, row.text, this.#scopes)
    }
    if (row.status === 503) headers['Retry-After'] = String(this.#retryAfterSeconds)
    return headers
  }

  /** Middleware that adds headers to an error on its way, as Koa's CORS does, sets them anew. */
  set headers(headers: Readonly<Record<string, string>>) {
    if (#headers in this) this.#headers = headers
  }
}

/** The options of an Error, of which Error reads `cause` through the prototype chain. */
export function ownCause(options: ErrorOptions | undefined): ErrorOptions | undefined {
  return options !== undefined && Object.hasOwn(options, 'cause') ? { cause: options.cause } : undefined
}

/** What stands in a header is checked where it comes in, so that no header can be split or refused later. */
function checkedScopes(scopes: readonly string[]): readonly string[] {
  if (scopes.every(isScope)) return [...scopes]
  throw new TypeError('scopes must be printable ASCII without spaces, quotes and backslashes')
}

function checkedSeconds(seconds: number): number {
  if (seconds >= 0 && seconds < Infinity) return Math.ceil(seconds)
  throw new TypeError('retryAfterSeconds must be a finite number, 0 or more')
}

/** Tells an AuthError, of this copy of the package or of another. */
export function isAuthError(value: unknown): value is AuthError {
  return value instanceof Error && hasBrand(value)
}

/** Own properties up to Error.prototype: one that was added to Object.prototype makes no error an AuthError. */
function hasBrand(error: Error): boolean {
  let object: object | null = error
  while (object !== null && object !== Error.prototype) {
    if (Object.hasOwn(object, authErrorBrand)) return true
    object = Object.getPrototypeOf(object)
  }
  return false
}

/** The precise code of an AuthError; another copy of the package may be so old that `code` is it. */
export function logCodeOf(error: AuthError): AuthErrorCode {
  const { logCode }: { readonly logCode?: unknown } = error
  return typeof logCode === 'string' && Object.hasOwn(refusals, logCode) ? (logCode as AuthErrorCode) : error.code
}

/** What an AuthError carries beside its code and logDetail; of another copy of the package, its cause alone. */
export function detailsOf(error: AuthError): AuthErrorDetails & { readonly cause?: unknown } {
  return Object.hasOwn(error, 'cause') ? { ...readDetails(error), cause: error.cause } : readDetails(error)
}

/** The code that the client sees. One that this copy of the package does not know stays as it is. */
export function toPublicCode(code: AuthErrorCode): PublicCode {
  const row: ErrorRow | undefined = Object.hasOwn(refusals, code) ? refusals[code] : undefined
  // The table names a row of its own there; its type says so.
  return (row !== undefined && Object.hasOwn(row, 'publicCode') ? row.publicCode : code) as PublicCode
}

/** The status of the answer to a refusal. */
export function statusOf(code: AuthErrorCode): number {
  return refusals[code].status
}

/** Whether a refusal is an outage: neither the token nor the caller is to blame. */
export function isOutage(code: AuthErrorCode): boolean {
  return refusals[code].status === 503
}

/** Puts the realm and the problem type of the Auth that refuses on its error. */
export function styleError(error: AuthError, style: ResponseStyle): void {
  setStyle(error, style)
}

/** `message` replaces the default message, for errors that it does not fit. */
interface ConfigErrorOptions extends ErrorOptions {
  readonly message?: string
}

/** An option is invalid, so the server must not start. Of a secret, the error shows at most its size and kind. */
export class ConfigError extends Error {
  static {
    Object.defineProperty(this.prototype, 'name', { value: 'ConfigError', configurable: true, writable: true })
  }

  /** The path of the option (`keys.secret`), or the name of the variable that it was read from. */
  readonly option: string
  readonly expected: string
  readonly received: string

  constructor(option: string, expected: string, received: string, options: ConfigErrorOptions = {}) {
    const message = Object.hasOwn(options, 'message') ? options.message : undefined
    super(message ?? `Invalid option "${option}": expected ${expected}, received ${received}`, ownCause(options))
    this.option = option
    this.expected = expected
    this.received = received
  }
}

/** What an Auth adds to each of its refusals: the realm of the challenge and the base of the problem's `type`. */
export interface ResponseStyle {
  readonly realm: string
  readonly problemTypeBase: string | null
}

export const defaultStyle: ResponseStyle = Object.freeze({ realm: 'api', problemTypeBase: null })

/** The RFC 6750 error of a challenge; `null` is a bare challenge, for a request that brought no token. */
export type BearerError = 'invalid_request' | 'invalid_token' | 'insufficient_scope' | null

/** Whether a text may be a scope (RFC 6749 section 3.3), and so stand in a header. */
export function isScope(text: unknown): text is string {
  return typeof text === 'string' && /^[\x21\x23-\x5B\x5D-\x7E]+$/.test(text)
}

/**
 * Writes a `WWW-Authenticate` value (RFC 6750 section 3). Every part is checked or fixed before it gets here:
 * the realm at start-up, the scopes by `isScope`, the description in the table of refusals. Nothing of a request is in it.
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
