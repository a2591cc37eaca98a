import { describe, expect, it } from 'vitest'
import { createAuth, createRevocations } from '../src/index.ts'
import type { AuditFinding } from '../src/index.ts'
import { audience, issuer, now } from './tokens.ts'

const secret = 'q2mvRoAMQ36KpkPTdvIlqIu3nJ04ykGY8fPfYv9zL2M'
const sound = { issuer, audience, keys: { secret }, maxLifetimeSeconds: 3600, now }

/** What the audit finds in these options, over ones in which it finds nothing. */
function findingsOf(options: object): readonly AuditFinding[] {
  const findings: AuditFinding[] = []
  createAuth({ ...sound, ...options, onAudit: (finding: AuditFinding) => findings.push(finding) })
  return findings
}

describe('the audit', () => {
  it('finds nothing in sound settings', () => {
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
  ])('finds %s of %s', (rule, field, options) => {
    const findings = findingsOf(options)
    expect(findings.map((finding) => [finding.rule, finding.field])).toEqual([[rule, field]])
    for (const { message, remedy } of findings) {
      expect(`${message} ${remedy}`).not.toMatch(/\n|q2mvRoAMQ3|2mvRoAMQ3/)
      expect(message).not.toBe(remedy)
    }
  })

  it('names the entry of a list', () => {
    const entry = { issuer, audience, keys: { secret }, maxLifetimeSeconds: 3600 }
    const findings: AuditFinding[] = []
    createAuth({
      issuers: [
        { ...entry, keys: { secret: secret.slice(1) } },
        { ...entry, issuer: 'https://b.example', audience: null },
      ],
      roles: {},
      onAudit: (finding) => findings.push(finding),
    })
    expect(findings.map(({ field }) => field)).toEqual(['issuers[0].keys.secret', 'issuers[1].audience'])
  })

  it.each([
    [
      { clockToleranceSeconds: 61 },
      'clockToleranceSeconds is 61: so long a token passes after its end',
      'Keep the clocks by NTP, and the tolerance at 60 or less',
    ],
    [
      { tokenFrom: { cookie: 'token' } },
      'The name of the cookie has no __Host- in front: another host of the site, or plain http, can set it',
      'Name it __Host-…, with Secure, Path=/ and no Domain',
    ],
    [
      { issuer: null },
      'issuer is null: whoever can sign with one of the keys speaks for every issuer',
      'Set issuer to the exact iss of the tokens',
    ],
    [
      { audience: null },
      'audience is null: a token that was made for another API of the issuer passes here',
      'Set audience to what the tokens for this API name',
    ],
    [
      { tokenBinding: null },
      'tokenBinding is null: a token that is bound to a key passes for whoever stole it',
      'Ask the issuer for tokens without cnf, and leave tokenBinding out',
    ],
    [
      { tokenUse: null },
      'tokenUse is null: an ID token, which every page of the user may hold, passes as an access token',
      'Leave tokenUse out, or set it to the one kind that the clients send',
    ],
    [
      { keys: { allowHttp: ['keycloak'] } },
      'keys.allowHttp is set: whoever is on the way to such a host can put a key of their own in',
      'Serve the keys by https, but for a network that nobody else is on',
    ],
    [
      { keys: { secret: secret.slice(1) } },
      'keys.secret is a text of 42 characters, too short to write 32 random bytes with: it can be guessed sooner',
      'Make it of 32 random bytes, of which base64url makes 43 characters',
    ],
    [
      { maxLifetimeSeconds: 7200 },
      'Tokens may live for 7200 seconds, and nothing can revoke them: who was logged out, or lost a token, stays in',
      'Set maxLifetimeSeconds to 3600 or less, or revocation or isRevoked',
    ],
  ])('says in a line what is weak, and what to do: %o', (options, message, remedy) => {
    expect(findingsOf(options)).toMatchObject([{ message, remedy }])
  })

  it('says of tokens without a bound that they may live for any time', () => {
    const { maxLifetimeSeconds: _, ...unbounded } = sound
    const findings: AuditFinding[] = []
    createAuth({ ...unbounded, onAudit: (finding) => findings.push(finding) })
    expect(findings).toMatchObject([{ rule: 'revocation_missing', message: expect.stringContaining('any time') }])
  })

  it('takes random bytes of the least length as they are', () => {
    expect(findingsOf({ keys: { secret: crypto.getRandomValues(new Uint8Array(32)) } })).toEqual([])
  })

  it('stops the start when it is made to', () => {
    const onAudit = ({ message }: AuditFinding) => {
      throw new Error(message)
    }
    expect(() => createAuth({ ...sound, audience: null, onAudit })).toThrow('audience is null')
    expect(() => createAuth({ ...sound, onAudit })).not.toThrow()
  })

  it('cannot be told by a promise, which nothing waits for', () => {
    const onAudit = () => Promise.reject(new Error('later')) as unknown as void
    expect(() => createAuth({ ...sound, audience: null, onAudit })).toThrow('onAudit must be synchronous')
  })

  it('looks at the settings once they are right', () => {
    const findings: AuditFinding[] = []
    expect(() =>
      createAuth({ ...sound, audience: null, realm: '"', onAudit: (found) => findings.push(found) }),
    ).toThrow('realm')
    expect(findings).toEqual([])
  })
})
