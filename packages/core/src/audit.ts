import { parseConfig } from './config/auth-options.ts'
import type { AuthOptions, AuthSettings } from './config/auth-options.ts'
import { withVariableNames, readEnvironment } from './config/env.ts'
import type { TrustedIssuer } from './config/issuer-options.ts'
import { isLoopback } from './keys/fetch-json.ts'
import { hmacSecretBytes, isHmac } from './lib/algorithms.ts'
import { isJsonObject } from './lib/json.ts'
import { at } from './lib/options.ts'
import { getOwn, hasOwn } from './lib/properties.ts'
import type { JwtClaims } from './token/jwt-claims.ts'

/** The name of a rule, by which a program can ignore findings. */
export type AuditRule =
  | 'audience_unchecked'
  | 'binding_unchecked'
  | 'cookie_unprefixed'
  | 'issuer_unchecked'
  | 'keys_over_http'
  | 'revocation_missing'
  | 'secret_short'
  | 'clock_tolerance_high'
  | 'token_use_unchecked'

/** An option that is allowed but weak. A finding contains no secret. */
export interface AuditFinding {
  readonly rule: AuditRule
  /** The path of the option, such as `issuers[1].audience`. */
  readonly field: string
  /** What is weak, and what an attack can use it for. One line. */
  readonly message: string
  /** What to change. One line. */
  readonly remedy: string
}

/**
 * Returns a finding for each option that is allowed but weak. Without options, it audits the JWT_* variables of the
 * environment. Throws a ConfigError for options that `createAuth` does not accept.
 */
export function auditOptions<const R extends string = string, C = JwtClaims>(
  options?: AuthOptions<R, C>,
): readonly AuditFinding[] {
  const read: unknown = options === undefined ? readEnvironment() : options
  const settings = options === undefined ? withVariableNames(() => parseConfig(read)) : parseConfig(read)
  const listed = propertyOf(read, 'issuers')
  const ofIssuers = [...settings.issuers.values()].flatMap((issuer, index) => {
    const input = Array.isArray(listed)
      ? { path: `issuers[${index}]`, options: listed[index] }
      : { path: '', options: read }
    return [...auditIssuer(input, issuer, settings)]
  })
  return Object.freeze([...auditCommon(settings), ...ofIssuers].map((finding) => Object.freeze(finding)))
}

function* auditCommon({ clockToleranceSeconds: tolerance, tokenFrom }: AuthSettings): Iterable<AuditFinding> {
  if (tolerance > 60) {
    yield {
      rule: 'clock_tolerance_high',
      field: 'clockToleranceSeconds',
      message: `clockToleranceSeconds is ${tolerance}, so a token is accepted for that many seconds after it has expired`,
      remedy: 'Synchronize the clocks by NTP, and set clockToleranceSeconds to 60 or less',
    }
  }
  for (const location of tokenFrom) {
    if (typeof location === 'string' || hasOwn(location, 'header') || location.cookie.startsWith('__Host-')) continue
    yield {
      rule: 'cookie_unprefixed',
      field: 'tokenFrom',
      message: 'The name of the cookie has no prefix __Host-, so another host of the site, or plain HTTP, can set it',
      remedy: 'Name it __Host-…, with Secure, Path=/ and no Domain',
    }
  }
}

interface Input {
  readonly path: string
  readonly options: unknown
}

function* auditIssuer({ path, options }: Input, issuer: TrustedIssuer, settings: AuthSettings): Iterable<AuditFinding> {
  const name = (field: string) => at(path, field)
  if (issuer.issuer === null) {
    yield {
      rule: 'issuer_unchecked',
      field: name('issuer'),
      message: `${name('issuer')} is null, so an attacker who can sign with one of the keys can pose as any issuer`,
      remedy: 'Set issuer to the exact iss of the tokens',
    }
  }
  if (issuer.audiences === null) {
    yield {
      rule: 'audience_unchecked',
      field: name('audience'),
      message: `${name('audience')} is null, so a token that the issuer made for another API is accepted`,
      remedy: 'Set audience to the aud of the tokens for this API',
    }
  }
  if (!issuer.rejectsBoundTokens) {
    yield {
      rule: 'binding_unchecked',
      field: name('tokenBinding'),
      message: `${name('tokenBinding')} is null, so a stolen token is accepted even if it is bound to a key`,
      remedy: 'Request tokens without cnf from the issuer, and omit tokenBinding',
    }
  }
  if (issuer.tokenUse === null) {
    yield {
      rule: 'token_use_unchecked',
      field: name('tokenUse'),
      message: `${name('tokenUse')} is null, so an ID token, which every page of the user can have, is accepted as an access token`,
      remedy: 'Omit tokenUse, or set it to the one kind of token that clients send',
    }
  }
  yield* auditKeys(propertyOf(options, 'keys'), name, issuer)
  yield* auditLifetime(name('maxLifetimeSeconds'), issuer, settings)
}

function* auditKeys(
  keys: unknown,
  name: (field: string) => string,
  { algorithms }: TrustedIssuer,
): Iterable<AuditFinding> {
  const allowed = propertyOf(keys, 'allowHttp')
  const url = propertyOf(keys, 'jwksUrl')
  const mayBeHttp = typeof url !== 'string' || url.toLowerCase().startsWith('http:')
  if (mayBeHttp && Array.isArray(allowed) && !allowed.every((host) => isLoopback(hostnameOf(host)))) {
    yield {
      rule: 'keys_over_http',
      field: name('keys.allowHttp'),
      message: `${name('keys.allowHttp')} is set, so an attacker on the network path to such a host can replace the keys`,
      remedy: 'Serve the keys over HTTPS; use HTTP only on a network that no attacker can reach',
    }
  }
  const secret = propertyOf(keys, 'secret')
  const minBytes = Math.max(0, ...[...algorithms].filter(isHmac).map((algorithm) => hmacSecretBytes[algorithm]))
  const minCharacters = Math.ceil((minBytes * 4) / 3)
  for (const value of [secret].flat()) {
    if (typeof value !== 'string' || value.length >= minCharacters) continue
    yield {
      rule: 'secret_short',
      field: name('keys.secret'),
      message: `${name('keys.secret')} is a string of ${value.length} characters, too short to encode ${minBytes} random bytes, so it is easier to guess`,
      remedy: `Use ${minBytes} random bytes, which are ${minCharacters} characters in base64url`,
    }
  }
}

const hourSeconds = 3600

function* auditLifetime(
  field: string,
  { maxLifetimeSeconds, maxTokenAgeSeconds }: TrustedIssuer,
  settings: AuthSettings,
): Iterable<AuditFinding> {
  if (settings.revocation !== null || settings.isRevoked !== null) return
  const seconds = Math.min(maxLifetimeSeconds ?? Infinity, maxTokenAgeSeconds ?? Infinity)
  if (seconds <= hourSeconds) return
  const maximum = seconds === Infinity ? 'an unlimited time' : `${seconds} seconds`
  yield {
    rule: 'revocation_missing',
    field,
    message: `Tokens can live for ${maximum} and cannot be revoked, so a stolen token, or one from before a logout, stays valid`,
    remedy: `Set ${field} to ${hourSeconds} or less, or set revocation or isRevoked`,
  }
}

/** Removes the port from an entry of `allowHttp`. */
function hostnameOf(host: unknown): string {
  return String(host).toLowerCase().replace(/:\d+$/, '')
}

function propertyOf(value: unknown, name: string): unknown {
  return isJsonObject(value) ? getOwn(value, name) : undefined
}
