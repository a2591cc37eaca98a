import { ConfigError, createAuth, isAuthError } from '@claimcheck/core'
import type { Auth, AuthOptions, Explanation, FetchLike, Policy } from '@claimcheck/core'
import { auditOptions } from '@claimcheck/core/audit'
import type { AuditFinding } from '@claimcheck/core/audit'
import { withVariableNames, readEnvironment } from '@claimcheck/core/internal'
import { decodeToken } from '../decode/decode-token.ts'
import type { CliContext } from '../lib/context.ts'
import { withProgress } from '../terminal/progress.ts'
import { redactTokens, redactUrl } from '../terminal/redact.ts'
import { passed } from './check.ts'
import type { Check } from './check.ts'
import { inspectTokenTimes } from './inspect-clock.ts'
import { inspectKeys } from './inspect-keys.ts'
import { recordFetch } from './record-fetch.ts'
import { createReport } from './report.ts'
import type { Report } from './report.ts'
import { listSettings } from './variables.ts'
import type { SettingVariables } from './variables.ts'

/** What to inspect in addition to the settings. */
export interface InspectionInput {
  /** null if there is none; then no steps are explained. */
  readonly token: string | null
  /** The policy of a route; null for none. */
  readonly policy: Policy | null
}

/** Inspects the settings as a server reads them, their keys and clock, and the token. Problems are in the report, not thrown. */
export async function inspect(
  variables: SettingVariables,
  input: InspectionInput,
  context: CliContext,
): Promise<Report> {
  const recorder = recordFetch(context.fetch, context.now)
  const settings = listSettings(variables)
  let frozenAt: number | null = null
  const now = () => frozenAt ?? context.now()
  const startedAt = now()
  const started = startAuth(variables, { fetch: recorder.fetch, now })
  if (started instanceof ConfigError) return createReport(settings, [failedSettings(started, variables)], null)
  const { auth, findings } = started
  try {
    const describeWork = () => redactTokens(`Waiting for ${redactUrl(recorder.exchanges().at(-1)?.url ?? '')}`)
    const [state] = await withProgress(describeWork, auth.ready(), context)
    // Stops the clock of core after a failed fetch. Within the cooldown, core does not fetch again, so the user waits once.
    if (state !== undefined && state.lastError !== null) frozenAt = startedAt
    const explanation = await withProgress(describeWork, explain(auth, input), context)
    const exchanges = recorder.exchanges()
    const checks = [
      passed('settings', 'settings with which a server starts', 'a server starts with them'),
      ...(await inspectKeys(variables, { exchanges, reason: reasonOf(state?.lastError), now: context.now() })),
      ...inspectTokenTimes(input.token, context.now()),
      ...toChecks(findings, input.token),
    ]
    return createReport(settings, checks, explanation)
  } finally {
    auth.close()
  }
}

interface AuthSeams {
  readonly fetch: FetchLike
  readonly now: () => number
}

interface StartedAuth {
  readonly auth: Auth
  readonly findings: readonly AuditFinding[]
}

/** Returns the Auth with the findings of core's audit, or the ConfigError that a server would throw. */
function startAuth({ environment }: SettingVariables, seams: AuthSeams): StartedAuth | ConfigError {
  try {
    // createAuth checks the values.
    const options = { ...readEnvironment(environment), ...seams } as unknown as AuthOptions
    return { auth: withVariableNames(() => createAuth(options)), findings: auditOptions(options) }
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
}

async function explain(auth: Auth, { token, policy }: InspectionInput): Promise<Explanation | null> {
  if (token === null) return null
  const request = { headers: { authorization: `Bearer ${token}` } }
  // Allowed under NODE_ENV=production, too: the user already has the token and the settings.
  return auth.explain(request, { inProduction: true, ...(policy === null ? {} : { policy }) })
}

function failedSettings({ option, expected, received }: ConfigError, { sourceOf }: SettingVariables): Check {
  const sources = option.replaceAll(/JWT_[A-Z_]+/g, (variable) => sourceOf(variable))
  const failed = { check: 'settings', verdict: 'failed' } as const
  if (received === 'undefined' && sources === option) {
    const remedy = 'Set it as on the server, or use its option: see claimcheck doctor --help.'
    return { ...failed, expected: `${option}: ${expected}`, found: 'not set', remedy }
  }
  const hint = /\bJWT_SECRET$/.test(option) ? ' claimcheck keys HS256 generates a secret.' : ''
  const remedy = `Change ${sources}: a server does not start with these settings.${hint}`
  return { ...failed, expected: `${sources}: ${expected}`, found: received, remedy }
}

/** Core's short explanation of why it has no keys. It contains no network message. */
function reasonOf(error: unknown): string | null {
  if (error === null || error === undefined) return null
  const logDetail = isAuthError(error) ? error.logDetail : null
  return (logDetail ?? 'unknown error').replace(/^cannot fetch keys: /, '')
}

const maxShortLifetimeSeconds = 3600

/**
 * The findings of core's audit, as warnings. Revocation is configured in the code of the server, which the doctor does not
 * see, so it warns about missing revocation only if the token lives longer than an hour.
 */
function toChecks(findings: readonly AuditFinding[], token: string | null): readonly Check[] {
  const relevant = findings.filter(({ rule }) => rule !== 'revocation_missing' || isLongLived(token))
  return relevant.map(({ message, remedy }) => ({
    check: 'audit',
    verdict: 'warned',
    expected: 'no weak setting',
    found: message,
    remedy: `${remedy}.`,
  }))
}

function isLongLived(token: string | null): boolean {
  const decoded = token === null ? null : decodeToken(token)
  if (decoded === null || 'fault' in decoded) return false
  const { exp, iat } = decoded.claims ?? {}
  return typeof exp === 'number' && typeof iat === 'number' && exp - iat > maxShortLifetimeSeconds
}
