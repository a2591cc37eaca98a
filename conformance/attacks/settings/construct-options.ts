import type { AttackRecipe } from '../corpus/attack-case.ts'
import type { Options } from '../servers/attack-target.ts'
import { basePolicy, secretPolicy } from '../servers/policies.ts'
import type { PolicyContext } from '../servers/policies.ts'
import { hmacSecret } from '../tokens/hmac-secret.ts'

type Construct = NonNullable<AttackRecipe['construct']>

/** The values that JSON has no words for. */
const macros: Readonly<Record<string, unknown>> = {
  $Infinity: Infinity,
  $NaN: Number.NaN,
  $emptyBuffer: Buffer.alloc(0),
  '8 bytes': '8 bytes!',
}

/** The corpus's names of settings, as ours; others are asked for under their own name, which nobody knows. */
const names: Readonly<Record<string, string>> = { clockTolerance: 'clockToleranceSeconds' }

/** The settings of a case about settings, one for each value that it lists: all else about them is right. */
export function constructOptions(construct: Construct, context: PolicyContext): readonly Options[] {
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
    return secretsOf(secret, context).map((value) => ({ ...secretPolicy(context), keys: { secret: value } }))
  if (algorithms !== undefined) return [{ ...base, algorithms }]
  return Object.entries(others).flatMap(([name, value]) => {
    const values = isListOfCases(name, value) ? value : [value]
    return values.map((entry) => ({ ...base, [names[name] ?? name]: macroValue(entry) }))
  })
}

/** An audience may be a list by itself; of other settings, a list is one of values to be tried. */
function isListOfCases(name: string, value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && name !== 'audience'
}

function withoutAlgorithms({ algorithms: _algorithms, ...options }: Options): Options {
  return options
}

/** An empty Buffer stands for all bytes that are none. */
function secretsOf(written: unknown, { ring }: PolicyContext): readonly unknown[] {
  const values = [written].flat().map((value) => {
    const [, form, key] = typeof value === 'string' ? (/^\$(spki-pem):(.+)$/.exec(value) ?? []) : []
    return form === undefined ? macroValue(value) : hmacSecret(ring, { as: form, key })
  })
  return values.flatMap((value) => (value instanceof Buffer ? [value, new Uint8Array(0)] : [value]))
}

function macroValue(value: unknown): unknown {
  return typeof value === 'string' && Object.hasOwn(macros, value) ? macros[value] : value
}
