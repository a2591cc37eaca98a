import { describe, expect, it, vi } from 'vitest'
import { createRevocations } from '../src/revocation.ts'
import { auditOptions } from '../src/audit.ts'
import type { AuditFinding } from '../src/audit.ts'
import { audience, issuer, now } from './tokens.ts'

const secret = 'q2mvRoAMQ36KpkPTdvIlqIu3nJ04ykGY8fPfYv9zL2M'
const safeOptions = { issuer, audience, keys: { secret }, maxLifetimeSeconds: 3600, now }

/** The findings for these options, merged over options without findings. */
function findingsOf(options: object): readonly AuditFinding[] {
  return auditOptions({ ...safeOptions, ...options })
}

describe('auditOptions', () => {
  it('reports no finding for safe options', () => {
    expect(findingsOf({})).toEqual([])
    expect(findingsOf({ clockToleranceSeconds: 60, tokenFrom: { cookie: '__Host-token' } })).toEqual([])
    expect(findingsOf({ maxLifetimeSeconds: 7200, isRevoked: () => false })).toEqual([])
    expect(findingsOf({ maxLifetimeSeconds: null, maxTokenAgeSeconds: 3600 })).toEqual([])
    expect(findingsOf({ tokenFrom: { header: 'x-token' } })).toEqual([])
    expect(findingsOf({ keys: { allowHttp: ['localhost:8080', '127.0.0.1'] } })).toEqual([])
    expect(findingsOf({ keys: { jwksUrl: 'https://keys.example', allowHttp: ['keycloak'] } })).toEqual([])
    expect(findingsOf({ keys: { allowHttp: [] } })).toEqual([])
    expect(findingsOf({ maxLifetimeSeconds: 7200, revocation: createRevocations() })).toEqual([])
  })

  it.each([
    ['clock_tolerance_high', 'clockToleranceSeconds', { clockToleranceSeconds: 61 }],
    ['issuer_unchecked', 'issuer', { issuer: null }],
    ['audience_unchecked', 'audience', { audience: null }],
    ['binding_unchecked', 'tokenBinding', { tokenBinding: null }],
    ['token_use_unchecked', 'tokenUse', { tokenUse: null }],
    ['cookie_unprefixed', 'tokenFrom', { tokenFrom: ['authorization', { cookie: 'token' }] }],
    ['keys_over_http', 'keys.allowHttp', { keys: { allowHttp: ['keycloak'] } }],
    ['keys_over_http', 'keys.allowHttp', { keys: { jwksUrl: 'http://keycloak', allowHttp: ['keycloak'] } }],
    ['secret_short', 'keys.secret', { keys: { secret: secret.slice(1) } }],
    ['secret_short', 'keys.secret', { keys: { secret: secret + secret.slice(23) }, algorithms: ['HS256', 'HS384'] }],
    ['secret_short', 'keys.secret', { keys: { secret: [secret, secret.slice(1)] } }],
    ['secret_short', 'keys.secret', { keys: { secret: secret + secret.slice(23) }, algorithms: ['HS384'] }],
    ['revocation_missing', 'maxLifetimeSeconds', { maxLifetimeSeconds: 3601 }],
    ['revocation_missing', 'maxLifetimeSeconds', { maxLifetimeSeconds: null }],
    ['revocation_missing', 'maxLifetimeSeconds', { maxLifetimeSeconds: null, maxTokenAgeSeconds: 3601 }],
  ])('reports %s for the option %s', (rule, field, options) => {
    const findings = findingsOf(options)
    expect(findings.map((finding) => [finding.rule, finding.field])).toEqual([[rule, field]])
    for (const { message, remedy } of findings) {
      expect(`${message} ${remedy}`).not.toMatch(/\n|q2mvRoAMQ3|2mvRoAMQ3/)
      expect(message).not.toBe(remedy)
    }
  })

  it('names the entry of issuers that a finding is about', () => {
    const entry = { issuer, audience, keys: { secret }, maxLifetimeSeconds: 3600 }
    const findings = auditOptions({
      issuers: [
        { ...entry, keys: { secret: secret.slice(1) } },
        { ...entry, issuer: 'https://b.example', audience: null },
      ],
      roles: {},
    })
    expect(findings.map(({ field }) => field)).toEqual(['issuers[0].keys.secret', 'issuers[1].audience'])
  })

  it.each([
    [
      { clockToleranceSeconds: 61 },
      'clockToleranceSeconds is 61, so a token is accepted for that many seconds after it has expired',
      'Synchronize the clocks by NTP, and set clockToleranceSeconds to 60 or less',
    ],
    [
      { tokenFrom: { cookie: 'token' } },
      'The name of the cookie has no prefix __Host-, so another host of the site, or plain HTTP, can set it',
      'Name it __Host-…, with Secure, Path=/ and no Domain',
    ],
    [
      { issuer: null },
      'issuer is null, so an attacker who can sign with one of the keys can pose as any issuer',
      'Set issuer to the exact iss of the tokens',
    ],
    [
      { audience: null },
      'audience is null, so a token that the issuer made for another API is accepted',
      'Set audience to the aud of the tokens for this API',
    ],
    [
      { tokenBinding: null },
      'tokenBinding is null, so a stolen token is accepted even if it is bound to a key',
      'Request tokens without cnf from the issuer, and omit tokenBinding',
    ],
    [
      { tokenUse: null },
      'tokenUse is null, so an ID token, which every page of the user can have, is accepted as an access token',
      'Omit tokenUse, or set it to the one kind of token that clients send',
    ],
    [
      { keys: { allowHttp: ['keycloak'] } },
      'keys.allowHttp is set, so an attacker on the network path to such a host can replace the keys',
      'Serve the keys over HTTPS; use HTTP only on a network that no attacker can reach',
    ],
    [
      { keys: { secret: secret.slice(1) } },
      'keys.secret is a string of 42 characters, too short to encode 32 random bytes, so it is easier to guess',
      'Use 32 random bytes, which are 43 characters in base64url',
    ],
    [
      { maxLifetimeSeconds: 7200 },
      'Tokens can live for 7200 seconds and cannot be revoked, so a stolen token, or one from before a logout, stays valid',
      'Set maxLifetimeSeconds to 3600 or less, or set revocation or isRevoked',
    ],
  ])('reports what is weak and what to do, in one line each: %o', (options, message, remedy) => {
    expect(findingsOf(options)).toMatchObject([{ message, remedy }])
  })

  it('reports that tokens without a limit can live for an unlimited time', () => {
    const { maxLifetimeSeconds: _, ...unbounded } = safeOptions
    expect(auditOptions(unbounded)).toMatchObject([
      { rule: 'revocation_missing', message: expect.stringContaining('an unlimited time') },
    ])
  })

  it('reports no finding for a secret of 32 random bytes', () => {
    expect(findingsOf({ keys: { secret: crypto.getRandomValues(new Uint8Array(32)) } })).toEqual([])
  })

  it('auditOptions reads the JWT_* variables if there are no options', () => {
    vi.stubEnv('JWT_ISSUER', issuer)
    vi.stubEnv('JWT_AUDIENCE', '*')
    vi.stubEnv('JWT_SECRET', secret)
    expect(auditOptions().map(({ rule }) => rule)).toEqual(['audience_unchecked', 'revocation_missing'])
    vi.stubEnv('JWT_AUDIENCE', '')
    expect(() => auditOptions()).toThrow('JWT_AUDIENCE')
    expect(() => auditOptions(null as never)).toThrow('expected an object, received null')
    vi.unstubAllEnvs()
  })

  it('auditOptions throws the ConfigError of createAuth for options that are invalid', () => {
    expect(() => auditOptions({ ...safeOptions, audience: null, realm: '"' })).toThrow('realm')
  })

  it('auditOptions returns frozen findings', () => {
    const findings = findingsOf({ audience: null })
    expect([Object.isFrozen(findings), Object.isFrozen(findings[0])]).toEqual([true, true])
  })
})
