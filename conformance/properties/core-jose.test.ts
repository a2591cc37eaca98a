import { createAuth } from '@claimcheck/core'
import type { Auth } from '@claimcheck/core'
import { asyncProperty } from 'fast-check'
import { jwtVerify } from 'jose'
import type { JWTVerifyOptions } from 'jose'
import { expect, it } from 'vitest'
import { arbitraryClaimSet } from './claim-set.ts'
import type { ClaimSet, Settings } from './claim-set.ts'
import { now, secret } from '../src/hmac-issuer.ts'
import { isFullSize } from '../src/test-size.ts'
import { checkProperty, runsOfSize } from './holds.ts'
import { stricterRules } from './stricter-than-jose.ts'
import { verdictOf } from '../src/outcome.ts'

const claimSets = 10_000
const runs = runsOfSize(claimSets)
const key = await crypto.subtle.importKey('raw', Buffer.from(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [
  'verify',
])
const auths = new Map<string, Auth>()

it(
  `core accepts what jose accepts, except for rules that are stricter on purpose, in ${runs} claims sets`,
  { timeout: 60_000 },
  async () => {
    const rejectedBy = new Map(stricterRules.map(({ name }) => [name, 0]))
    const times = { accepted: 0, rejectedByBoth: 0 }
    await checkProperty(
      claimSets,
      asyncProperty(arbitraryClaimSet, async (set) => {
        const isGood = await passesJose(set)
        const applying = stricterRules.filter((rule) => rule.applies(set))
        const { error } = await verdictOf(authOf(set.settings).verifyToken(set.token))
        if (!isGood) {
          times.rejectedByBoth += 1
          expect(error).not.toBeNull()
        } else if (applying.length === 0) {
          times.accepted += 1
          expect(error).toBeNull()
        } else {
          for (const { name } of applying) rejectedBy.set(name, (rejectedBy.get(name) ?? 0) + 1)
          expect(applying.map(({ code }) => code)).toContain(error?.code)
        }
      }),
    )
    expect(times.accepted).toBeGreaterThan(runs / 20)
    expect(times.rejectedByBoth).toBeGreaterThan(runs / 20)
    // A rule that no claims set violates may be unnecessary. A few thousand sets do not violate the rare ones.
    if (isFullSize) expect([...rejectedBy].filter(([, met]) => met === 0)).toEqual([])
  },
)

async function passesJose({ token, settings }: ClaimSet): Promise<boolean> {
  return jwtVerify(token, key, toJoseOptions(settings)).then(
    () => true,
    () => false,
  )
}

/** One Auth for all sets with the same options. */
function authOf(settings: Settings): Auth {
  const name = JSON.stringify(settings)
  const auth = auths.get(name) ?? createAuth(toOptions(settings))
  auths.set(name, auth)
  return auth
}

function toOptions(settings: Settings) {
  const { issuer, audience, typ, requiredClaims, maxTokenAgeSeconds, clockToleranceSeconds, needsExp } = settings
  return {
    issuer,
    audience,
    keys: { secret },
    now,
    cache: null, // no token is sent twice, and there are thousands of combinations of options
    clockToleranceSeconds,
    ...(typ === null ? {} : { typ }),
    ...(requiredClaims.length === 0 ? {} : { requiredClaims }),
    ...(maxTokenAgeSeconds === null ? {} : { maxTokenAgeSeconds }),
    ...(needsExp ? {} : { maxLifetimeSeconds: null }),
  }
}

function toJoseOptions(settings: Settings): JWTVerifyOptions {
  const { issuer, audience, typ, requiredClaims, maxTokenAgeSeconds, clockToleranceSeconds, needsExp } = settings
  return {
    algorithms: ['HS256'],
    currentDate: new Date(now()),
    clockTolerance: clockToleranceSeconds,
    requiredClaims: [...requiredClaims, ...(needsExp ? ['exp'] : [])],
    ...(issuer === null ? {} : { issuer }),
    ...(audience === null ? {} : { audience: [...audience] }),
    ...(typ === null ? {} : { typ }),
    ...(maxTokenAgeSeconds === null ? {} : { maxTokenAge: maxTokenAgeSeconds }),
  }
}
