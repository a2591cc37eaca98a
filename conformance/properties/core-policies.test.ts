import { allOf, anyOf, createAuth, decide, isAuthError, where } from '@claimcheck/core'
import type { AuthError, Policy, Principal } from '@claimcheck/core'
import { asyncProperty, constantFrom } from 'fast-check'
import { expect, it } from 'vitest'
import { arbitraryFormula, atoms, certainScopes, hasWhere, isRole, isTrue, nameOf, rows, toPolicy } from './formula.ts'
import type { Atom, Row } from './formula.ts'
import { goodClaims, hmacOptions, signHmac } from '../src/hmac-issuer.ts'
import { checkProperty } from './holds.ts'

const auth = createAuth(hmacOptions)
const scopes = atoms.filter((atom) => atom.startsWith('scope:'))
const callers = new Map<string, Principal>()
for (const row of rows) callers.set(nameOfRow(row), await callerOf(row))

it('a policy allows exactly the callers of its truth table', async () => {
  await checkProperty(
    300,
    asyncProperty(arbitraryFormula, async (formula) => {
      const policy = toPolicy(formula)
      const decided = rows.filter((row) => decide(caller(row), policy).allowed)
      expect(decided).toEqual(rows.filter((row) => isTrue(formula, row)))
      const rejections = await Promise.all(rows.map((row) => errorOf(caller(row), policy)))
      expect(rows.filter((_row, index) => rejections[index] === null)).toEqual(decided)
      expect((await errorOf(null, policy))?.code).toBe('token_missing')
    }),
  )
})

it('a policy from JSON decides like the original', async () => {
  await checkProperty(
    100,
    asyncProperty(
      arbitraryFormula.filter((formula) => !hasWhere(formula)),
      async (formula) => {
        const policy = toPolicy(formula)
        const read = JSON.parse(JSON.stringify(policy)) as Policy
        for (const row of rows) expect(decide(caller(row), read)).toEqual(decide(caller(row), policy))
      },
    ),
  )
})

it('a challenge names all scopes that the route needs, and they are sufficient', async () => {
  await checkProperty(
    2000,
    asyncProperty(arbitraryFormula, constantFrom(...rows), async (formula, row) => {
      const policy = toPolicy(formula)
      const error = await errorOf(caller(row), policy)
      const withAll: Row = new Set([...row, ...scopes])
      if (error?.code === 'access_denied') {
        expect(error.headers).not.toHaveProperty('WWW-Authenticate')
        expect(isTrue(formula, withAll)).toBe(false)
      } else if (error !== null) {
        const named = scopesOf(error)
        expect(named).toEqual(expect.arrayContaining([...certainScopes(formula)]))
        expect(new Set(named).size).toBe(named.length)
        const withNamed: Row = new Set([...row, ...scopes.filter((scope) => named.includes(nameOf(scope)))])
        // A custom test may not have run yet, and can reject the next request.
        if (!hasWhere(formula)) expect(isTrue(formula, withNamed)).toBe(true)
      }
    }),
  )
})

it('a custom test runs only if the policies before it leave the decision open', async () => {
  await checkProperty(
    100,
    asyncProperty(arbitraryFormula, async (formula) => {
      let calls = 0
      const own = where('own', () => (calls += 1) > 0)
      for (const row of rows) {
        calls = 0
        decide(caller(row), allOf(toPolicy(formula), own))
        expect(calls).toBe(isTrue(formula, row) ? 1 : 0)
        calls = 0
        decide(caller(row), anyOf(toPolicy(formula), own))
        expect(calls).toBe(isTrue(formula, row) ? 0 : 1)
      }
    }),
  )
})

function caller(row: Row): Principal {
  return callers.get(nameOfRow(row)) ?? expect.fail('Every row has a caller')
}

function nameOfRow(row: Row): string {
  return [...row].join(' ')
}

/** A caller for whom the atoms of the row are true, authenticated by a token. */
function callerOf(row: Row): Promise<Principal> {
  const among = (isWanted: (atom: Atom) => boolean) => [...row].filter(isWanted).map(nameOf)
  const claims = {
    ...goodClaims,
    roles: among(isRole),
    scope: among((atom) => scopes.includes(atom)).join(' '),
    x: row.has('claim:x'),
    w: row.has('where:w'),
  }
  return auth.verifyToken(signHmac(JSON.stringify(claims)))
}

async function errorOf(principal: Principal | null, policy: Policy): Promise<AuthError | null> {
  try {
    await auth.authorize(principal, policy)
    return null
  } catch (error) {
    if (isAuthError(error)) return error
    throw error
  }
}

function scopesOf(error: AuthError): readonly string[] {
  const challenge = error.headers['WWW-Authenticate'] ?? ''
  return / scope="([^"]*)"$/.exec(challenge)?.[1]?.split(' ') ?? []
}
