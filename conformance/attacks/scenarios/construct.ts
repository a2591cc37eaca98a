import type { AttackRecipe } from '../corpus/attack-case.ts'
import type { Evidence } from '../verdict/evidence.ts'
import type { Options } from '../targets/attack-target.ts'
import { basePolicy, secretPolicy } from '../targets/policies.ts'
import type { PolicyContext } from '../targets/policies.ts'
import { hmacSecret } from '../tokens/signature.ts'
import { finishScenario } from './scenario-context.ts'
import type { ScenarioContext } from './scenario-context.ts'

/** Starts a server with invalid options, which must fail, or with valid ones, which must accept a valid token. */
export async function runConstruct(
  construct: NonNullable<AttackRecipe['construct']>,
  context: ScenarioContext,
): Promise<Partial<Evidence>> {
  return finishScenario(context, tryAll(constructOptions(construct, context.policyContext), context))
}

/** If an option has several invalid values, each of them must be rejected. */
async function tryAll(variants: ReturnType<typeof constructOptions>, context: ScenarioContext): Promise<void> {
  const sign = { alg: 'HS256', hmac: { key: 'hs-1', as: 'oct' } }
  const token = context.fixtures.build({ header: { alg: 'HS256', typ: 'at+jwt' }, sign })
  for (const [index, options] of variants.entries()) {
    context.configError = null
    context.setup = { ...context.setup, auths: [options] }
    await context.send({ token }, `variant ${index}`)
    if (variants.length > 1 && context.configError === null) context.problems.push(`value ${index} was accepted`)
  }
}

type Construct = NonNullable<AttackRecipe['construct']>

/** Values that JSON cannot express. */
const macros: Readonly<Record<string, unknown>> = {
  $Infinity: Infinity,
  $NaN: Number.NaN,
  $emptyBuffer: Buffer.alloc(0),
  '8 bytes': '8 bytes!',
}

/** Maps the option names of the corpus to those of claimcheck. Unmapped names are used as they are. */
const names: Readonly<Record<string, string>> = { clockTolerance: 'clockToleranceSeconds' }

/** The options of a case about options, one set for each value that it lists. All other options are valid. */
function constructOptions(construct: Construct, context: PolicyContext): readonly Options[] {
  const { secret, jwksUri, secretFrom, unknownOption, algorithms, ...others } = construct
  const base = basePolicy(context)
  if (Object.keys(construct).length === 0) return [withoutAlgorithms(secretPolicy(context))]
  if (jwksUri !== undefined) {
    const { secret: goodSecret } = secretPolicy(context)['keys'] as { readonly secret: Uint8Array }
    return [withoutAlgorithms({ ...base, keys: { jwksUrl: jwksUri, secret: goodSecret } })]
  }
  if (secretFrom !== undefined) return [{ ...secretPolicy(context), keys: { secret: undefined } }]
  if (unknownOption === true) return [{ ...base, audience: null, audeince: base['audience'] }]
  if (secret !== undefined)
    return secretsOf(secret, context).map((value) => ({
      ...secretPolicy(context),
      keys: { secret: value },
    }))
  if (algorithms !== undefined) return [{ ...base, algorithms }]
  return Object.entries(others).flatMap(([name, value]) => {
    const values = isListOfCases(name, value) ? value : [value]
    return values.map((entry) => ({ ...base, [names[name] ?? name]: macroValue(entry) }))
  })
}

/** An audience can itself be a list. For other options, a list contains several values to try. */
function isListOfCases(name: string, value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && name !== 'audience'
}

function withoutAlgorithms({ algorithms: _algorithms, ...options }: Options): Options {
  return options
}

/** An empty Buffer stands for every empty byte array. */
function secretsOf(input: unknown, { ring }: PolicyContext): readonly unknown[] {
  const values = [input].flat().map((value) => {
    const [, form, key] = typeof value === 'string' ? (/^\$(spki-pem):(.+)$/.exec(value) ?? []) : []
    return form === undefined ? macroValue(value) : hmacSecret(ring, { as: form, key })
  })
  return values.flatMap((value) => (value instanceof Buffer ? [value, new Uint8Array(0)] : [value]))
}

function macroValue(value: unknown): unknown {
  return typeof value === 'string' && Object.hasOwn(macros, value) ? macros[value] : value
}
