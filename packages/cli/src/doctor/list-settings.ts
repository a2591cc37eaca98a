import { escapeControls } from '../terminal/escape.ts'
import { redactTokens } from '../terminal/redact.ts'
import type { GatheredVariables } from './variables.ts'
import { bareUrl, redactUrl } from './shown-url.ts'

/** A setting, what it holds as it may be shown, and what it was given by; null where it is a default. */
export interface ListedSetting {
  readonly name: 'issuer' | 'audience' | 'keys' | 'algorithms'
  readonly holds: string
  readonly source: string | null
}

/** Lists the settings; of a secret or a key no character. */
export function listSettings({ environment, sourceOf }: GatheredVariables): readonly ListedSetting[] {
  const text = (name: ListedSetting['name'], variable: string, otherwise: string): ListedSetting => {
    const value = environment[variable]
    return {
      name,
      holds: value === undefined ? otherwise : redactTokens(escapeControls(value)),
      source: value === undefined ? null : sourceOf(variable),
    }
  }
  const issuer = text('issuer', 'JWT_ISSUER', 'missing')
  const audience = text('audience', 'JWT_AUDIENCE', 'missing')
  return [
    { ...issuer, holds: bareUrl(issuer.holds) },
    audience.holds === '*' ? { ...audience, holds: 'not checked' } : audience,
    keysOf({ environment, sourceOf }),
    text('algorithms', 'JWT_ALGORITHMS', 'what the keys allow'),
  ]
}

function keysOf({ environment, sourceOf }: GatheredVariables): ListedSetting {
  const name = 'keys'
  const variable = ['JWT_SECRET', 'JWT_PUBLIC_KEY', 'JWT_JWKS_URL'].find((candidate) =>
    Object.hasOwn(environment, candidate),
  )
  if (variable === undefined) return { name, holds: "where the issuer's metadata say", source: null }
  const url = environment['JWT_JWKS_URL']
  const holds =
    variable === 'JWT_SECRET' ? 'a secret' : variable === 'JWT_PUBLIC_KEY' ? 'a public key' : redactUrl(url ?? '')
  return { name, holds, source: sourceOf(variable) }
}
