import { createIssuer, createSessionStore, generateKeys } from '@claimcheck/issuer'
import { expect, it } from 'vitest'
import { refreshRaces } from '../stores/refresh-contract.ts'
import { advisory } from './advisory.ts'

const names = { issuer: 'https://auth.example.com', audience: 'https://api.example.com', clientId: 'web' } as const

/** Declares the tests of advisories about issuing tokens, which do not involve an adapter. */
export function issuerAdvisories(): void {
  advisory({ 48: 'GHSA-9h47-pqcx-hjr4 (better-auth)' }, () => {
    it.each(['HS256', 'ES256', 'EdDSA'] as const)('an issuer that signs with %s never publishes none', async (alg) => {
      const issuer = createIssuer({ ...names, keys: await generateKeys(alg) })
      const published = JSON.stringify([issuer.metadata(), issuer.jwks()])
      expect(published).not.toMatch(/none/i)
      expect(published).toContain(names.issuer)
    })

    it('an issuer does not start with a key whose algorithm is none', async () => {
      const { privateKey } = await generateKeys('ES256')
      for (const alg of ['none', 'None', '']) {
        expect(() => createIssuer({ ...names, keys: { privateKey: { ...privateKey, alg } } })).toThrow(
          /^Invalid option "keys\.privateKey\.alg": expected/,
        )
      }
    })
  })

  advisory({ 49: 'GHSA-p2fr-6hmx-4528 (better-auth)' }, () => {
    it.each(['aud', 'client_id', 'iss'])('an issuer rejects a login that sets %s', async (claim) => {
      const issuer = createIssuer({ ...names, keys: await generateKeys('ES256') })
      await expect(issuer.login({ sub: 'john', [claim]: 'https://other.example' })).rejects.toThrow(
        `The claim ${claim} must be left out`,
      )
    })

    it('an issuer rejects a refresh whose renewed claims set aud', async () => {
      const issuer = createIssuer({
        ...names,
        keys: await generateKeys('ES256'),
        store: createSessionStore(),
        renewClaims: (claims) => ({ ...claims, aud: 'https://other.example' }),
      })
      const { refreshToken } = await issuer.login({ sub: 'john' })
      await expect(issuer.refresh(refreshToken)).rejects.toThrow('The claim aud must be left out')
    })
  })

  advisory({ 50: 'CVE-2026-53517 (better-auth)' }, () => refreshRaces(() => createSessionStore()))
}
