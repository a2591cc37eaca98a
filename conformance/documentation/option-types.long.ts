import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { optionSections } from './option-reference.ts'
import type { OptionEntry } from './option-reference.ts'
import { root } from './pages.ts'
import { createFolder } from './program.ts'
import { checkTypes } from './type-check.ts'

const folder = createFolder()
const entries = optionSections.flatMap((section) => section.entries)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('docs/settings.md states the type of each option as it is declared', { timeout: 90_000 }, async () => {
  const wrong = await wrongTypes(entries)
  expect(wrong).toEqual([])
})

it('wrongTypes reports a type that is wider or narrower than the declared one', { timeout: 90_000 }, async () => {
  const stating = (name: string, type: string) => ({ name, facts: new Map([['Type', `\`${type}\``]]) })
  const wider = [stating('typ', 'string | null'), stating('audience', 'string | number | string[] | null')]
  const narrower = [stating('audience', 'string | null'), stating('isRevoked', '(principal: Principal) => boolean')]
  const right = [stating('audience', 'null | string | string[]'), stating('keys.jwksUrl', 'string')]
  expect(await wrongTypes([...wider, ...narrower, ...right])).toEqual(['typ', 'audience', 'audience', 'isRevoked'])
})

const imports = `
import type { AlgorithmName, AuthError, CommonOptions, CookieLocation, FetchLike, HeaderLocation, Jwk, JwkLike, JwtClaims, KeyOptions, Principal, PublicKey, RequestLike, Revocations, RoleMap as Roles, TokenSource, TrustedIssuerOptions, AuthOptions } from '@claimcheck/core'
import type { GateSettings } from '@claimcheck/core/adapter'
import type { Decrypter } from '@claimcheck/core/encryption'
import type { JwtAuthOptions } from '@claimcheck/fastify'
import type { StandardSchemaV1 as Schema } from '${join(root, 'packages/core/node_modules/@standard-schema/spec/dist/index.js')}'
`.trim()

/** `Same` ignores whether arrays are readonly, and whether they can be empty. */
const helpers = `
type StandardSchemaV1 = Schema<unknown, JwtClaims>
type RoleMap = Roles<string>
type Of<T, K extends PropertyKey> = T extends unknown ? (K extends keyof T ? Exclude<T[K], undefined> : never) : never
type Loose<T> = T extends (...args: never[]) => unknown ? T : T extends readonly (infer E)[] ? Loose<E>[]
  : T extends object ? { [K in keyof T]: Loose<T[K]> } : T
type Same<A, B> = [Loose<A>] extends [Loose<B>] ? ([Loose<B>] extends [Loose<A>] ? true : false) : false
type Options = CommonOptions & TrustedIssuerOptions & Pick<AuthOptions, 'issuers'> & GateSettings & Pick<JwtAuthOptions, 'decorate'>
type Parents = { keys: KeyOptions; cache: NonNullable<CommonOptions['cache']>; tokenFrom: HeaderLocation | CookieLocation }
`.trim()

type StatedType = Pick<OptionEntry, 'name' | 'facts'>

/** Compiles a check of each type; returns the names of the options whose check fails. */
async function wrongTypes(options: readonly StatedType[]): Promise<readonly string[]> {
  const head = `${imports}\n${helpers}\n`
  const checks = options.map(({ name, facts }, index) => {
    const [parent = '', child] = name.split('.')
    const declared = child === undefined ? `Of<Options, '${parent}'>` : `Of<Parents['${parent}'], '${child}'>`
    const stated = facts.get('Type')?.replaceAll('`', '') ?? 'undefined'
    return `export const check${index}: Same<${stated}, ${declared}> = true`
  })
  const file = join(folder, 'option-types.ts')
  writeFileSync(file, `${head}${checks.join('\n')}\n`)
  const program = { place: 'option-types.ts:0', line: 0, language: 'ts', code: '', file, missing: null }
  const errors = await checkTypes(folder, [{ ...program, calls: null, env: null, program: null, needsRedis: false }])
  const first = head.split('\n').length
  return [...errors.values()].flat().map((error) => {
    const [, row] = /^option-types\.ts:(\d+)/.exec(error) ?? []
    return options[Number(row) - first]?.name ?? error
  })
}
