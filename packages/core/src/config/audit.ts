import { hmacSecretBytes, isHmac } from '../lib/algorithms.ts'
import { isLoopback } from '../keys/allowed-url.ts'
import { hasOwn } from '../lib/properties.ts'
import { isPromise } from '../lib/async.ts'
import { isJsonObject, getOwn } from '../lib/json.ts'
import { ignoreRejection } from '../lib/user-code.ts'
import type { AuthSettings } from './auth-options.ts'
import { at } from '../lib/options.ts'
import type { TrustedIssuer } from './issuer-options.ts'

/** A rule of the audit, by which a finding may be let pass. */
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

/** A setting that is allowed, and weaker than it could be. Nothing secret stands in it. */
export interface AuditFinding {
  readonly rule: AuditRule
  /** The setting, as the options have it. */
  readonly field: string
  /** What is weak, and what it lets happen: one line. */
  readonly message: string
  readonly remedy: string
}

/** Looks options, which were parsed to these settings, over for what is allowed and weak. */
export function audit(options: unknown, settings: AuthSettings): readonly AuditFinding[] {
  const listed = memberOf(options, 'issuers')
  const ofIssuers = [...settings.issuers.values()].flatMap((issuer, index) => {
    const written = Array.isArray(listed)
      ? { path: `issuers[${index}]`, options: listed[index] }
      : { path: '', options }
    return [...auditIssuer(written, issuer, settings)]
  })
  const findings = [...auditCommon(settings), ...ofIssuers]
  return findings.map((finding) => Object.freeze(finding))
}

/** Tells each finding; what is thrown goes on, and what is promised cannot stop a start that is not waited for. */
export function tellFindings(findings: readonly AuditFinding[], onAudit: (finding: AuditFinding) => unknown): void {
  for (const finding of findings) {
    const told = onAudit(finding)
    if (!isPromise(told)) continue
    ignoreRejection(told)
    throw new TypeError('onAudit must be synchronous, so that what it throws stops the start')
  }
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
  for (const place of tokenFrom) {
    if (typeof place === 'string' || hasOwn(place, 'header') || place.cookie.startsWith('__Host-')) continue
    yield {
      rule: 'cookie_unprefixed',
      field: 'tokenFrom',
      message: 'The name of the cookie has no prefix __Host-, so another host of the site, or plain HTTP, can set it',
      remedy: 'Name it __Host-…, with Secure, Path=/ and no Domain',
    }
  }
}

interface Written {
  readonly path: string
  readonly options: unknown
}

function* auditIssuer(
  { path, options }: Written,
  issuer: TrustedIssuer,
  settings: AuthSettings,
): Iterable<AuditFinding> {
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
  if (!issuer.refusesBoundTokens) {
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
  yield* auditKeys(memberOf(options, 'keys'), name, issuer)
  yield* auditLifetime(name('maxLifetimeSeconds'), issuer, settings)
}

function* auditKeys(
  keys: unknown,
  name: (field: string) => string,
  { algorithms }: TrustedIssuer,
): Iterable<AuditFinding> {
  const allowed = memberOf(keys, 'allowHttp')
  const url = memberOf(keys, 'jwksUrl')
  const mayBeHttp = typeof url !== 'string' || url.toLowerCase().startsWith('http:')
  if (mayBeHttp && Array.isArray(allowed) && !allowed.every((host) => isLoopback(hostnameOf(host)))) {
    yield {
      rule: 'keys_over_http',
      field: name('keys.allowHttp'),
      message: `${name('keys.allowHttp')} is set, so an attacker on the network path to such a host can replace the keys`,
      remedy: 'Serve the keys over HTTPS; use HTTP only on a network that no attacker can reach',
    }
  }
  const secret = memberOf(keys, 'secret')
  const least = Math.max(0, ...[...algorithms].filter(isHmac).map((algorithm) => hmacSecretBytes[algorithm]))
  const characters = Math.ceil((least * 4) / 3)
  for (const text of [secret].flat()) {
    if (typeof text !== 'string' || text.length >= characters) continue
    yield {
      rule: 'secret_short',
      field: name('keys.secret'),
      message: `${name('keys.secret')} is a string of ${text.length} characters, too short to encode ${least} random bytes, so it is easier to guess`,
      remedy: `Use ${least} random bytes, which are ${characters} characters in base64url`,
    }
  }
}

const hour = 3600

function* auditLifetime(
  field: string,
  { maxLifetimeSeconds, maxTokenAgeSeconds }: TrustedIssuer,
  settings: AuthSettings,
): Iterable<AuditFinding> {
  if (settings.revocation !== null || settings.isRevoked !== null) return
  const seconds = Math.min(maxLifetimeSeconds ?? Infinity, maxTokenAgeSeconds ?? Infinity)
  if (seconds <= hour) return
  const longest = seconds === Infinity ? 'an unlimited time' : `${seconds} seconds`
  yield {
    rule: 'revocation_missing',
    field,
    message: `Tokens can live for ${longest} and cannot be revoked, so a stolen token, or one from before a logout, stays valid`,
    remedy: `Set ${field} to ${hour} or less, or set revocation or isRevoked`,
  }
}

/** Of a host as `allowHttp` takes it, with a port or without. */
function hostnameOf(host: unknown): string {
  return String(host).toLowerCase().replace(/:\d+$/, '')
}

function memberOf(value: unknown, name: string): unknown {
  return isJsonObject(value) ? getOwn(value, name) : undefined
}
