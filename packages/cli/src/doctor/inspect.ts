import { ConfigError, createAuth, isAuthError } from '@claimcheck/core'
import type { Auth, AuthOptions, Explanation, Policy } from '@claimcheck/core'
import { auditOptions } from '@claimcheck/core/audit'
import type { AuditFinding } from '@claimcheck/core/audit'
import { namingVariables, readEnvironment } from '@claimcheck/core/internal'
import type { CliContext } from '../lib/context.ts'
import { withProgress } from '../terminal/progress.ts'
import { redactTokens } from '../terminal/redact.ts'
import { passed } from './check.ts'
import type { Check } from './check.ts'
import { checkAudit } from './check-audit.ts'
import { checkTokenTimes } from './inspect-clock.ts'
import { checkKeys } from './check-keys.ts'
import type { GatheredVariables } from './variables.ts'
import { listSettings } from './list-settings.ts'
import { recordFetch } from './record-fetch.ts'
import type { RecordedFetch } from './record-fetch.ts'
import { createReport } from './report.ts'
import type { Report } from './report.ts'
import { redactUrl } from './shown-url.ts'

/** What is examined beside the settings. */
export interface Asked {
  /** null for none: then there is no way to explain. */
  readonly token: string | null
  /** What the caller is asked for at the end of the way; null for nothing. */
  readonly policy: Policy | null
}

/** Examines settings as a server would read them, and what they lead to. It refuses nothing: what is wrong is in the report. */
export async function examine(variables: GatheredVariables, asked: Asked, surroundings: CliContext): Promise<Report> {
  const recorder = recordFetch(surroundings.fetch, surroundings.now)
  const findings: AuditFinding[] = []
  const settings = listSettings(variables)
  let heldAt: number | null = null
  const now = () => heldAt ?? surroundings.now()
  const startedAt = now()
  const auth = startAuth(variables, { recorder, findings, now })
  if (auth instanceof ConfigError) return createReport(settings, [failedSettings(auth, variables)], null)
  try {
    const words = () => redactTokens(`Waiting for ${redactUrl(recorder.exchanges().at(-1)?.url ?? '')}`)
    const [state] = await withProgress(words, auth.ready(), surroundings)
    // While no time passes, core asks no server again that has just failed: nobody waits for it twice.
    if (state !== undefined && state.lastError !== null) heldAt = startedAt
    const explanation = await withProgress(words, explain(auth, asked), surroundings)
    const checks = [
      passed('settings', 'settings with which a server starts', 'a server starts with them'),
      ...(await checkKeys(variables, { recorder, reason: reasonOf(state?.lastError), now: surroundings.now() })),
      ...checkTokenTimes(asked.token, surroundings.now()),
      ...checkAudit(findings, asked.token),
    ]
    return createReport(settings, checks, explanation)
  } finally {
    auth.close()
  }
}

interface Watched {
  readonly recorder: RecordedFetch
  readonly findings: AuditFinding[]
  readonly now: () => number
}

function startAuth(
  { environment }: GatheredVariables,
  { recorder: { fetch }, findings, now }: Watched,
): Auth | ConfigError {
  const options = { ...readEnvironment(environment), fetch, now } as unknown as AuthOptions
  try {
    // What text says is checked by what it is given to.
    const auth = namingVariables(() => createAuth(options))
    findings.push(...auditOptions(options))
    return auth
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
}

async function explain(auth: Auth, { token, policy }: Asked): Promise<Explanation | null> {
  if (token === null) return null
  const request = { headers: { authorization: `Bearer ${token}` } }
  // Who runs the doctor has the token and the settings anyway, whatever NODE_ENV says.
  return auth.explain(request, { inProduction: true, ...(policy === null ? {} : { policy }) })
}

function failedSettings(
  { option: field, expected: must, received: holds }: ConfigError,
  { sourceOf }: GatheredVariables,
): Check {
  const names = field.replace(/ \(environment\)$/, '')
  const named = names.replaceAll(/JWT_[A-Z_]+/g, (variable) => sourceOf(variable))
  const failed = { check: 'settings', verdict: 'failed' } as const
  if (holds === 'missing' && named === names) {
    const remedy = 'Set it as the server has it, or give its option: claimcheck doctor --help lists them.'
    return { ...failed, expected: `${names} to be set`, found: 'it is missing', remedy }
  }
  const hint = /\bJWT_SECRET$/.test(names) ? ' claimcheck keys HS256 makes a secret.' : ''
  const remedy = `Change ${named}: with these settings a server does not start.${hint}`
  return { ...failed, expected: `${named} to be ${must}`, found: `it is ${holds}`, remedy }
}

/** Core's words for why it has no keys, which are its own and none of the network's. */
function reasonOf(error: unknown): string | null {
  if (error === null || error === undefined) return null
  const logDetail = isAuthError(error) ? error.logDetail : null
  return (logDetail ?? 'they cannot be used').replace(/^the key server cannot be used: /, '')
}
