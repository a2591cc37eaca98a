import { shortValue } from '../terminal/escape.ts'
import { redactUrl, removeUrlSecrets } from '../terminal/redact.ts'
import { passed } from './check.ts'
import type { Check } from './check.ts'
import { explainExchange, reasons } from './explain-exchange.ts'
import { jsonBody } from './record-fetch.ts'
import type { Exchange } from './record-fetch.ts'

/** How core fetched the metadata of an issuer. */
export interface DiscoveryFacts {
  readonly issuer: string
  /** The option or variable that the issuer comes from, for the remedy. */
  readonly source: string
  /** The requests for metadata, one or two. */
  readonly exchanges: readonly Exchange[]
  /** Why core could not use the metadata; null if it could. */
  readonly reason: string | null
}

/** Whether a URL is one of an issuer's metadata (OpenID Connect Discovery 1.0 section 4, RFC 8414 section 3). */
export function isMetadataUrl(url: string): boolean {
  return url.endsWith('/.well-known/openid-configuration') || url.includes('/.well-known/oauth-authorization-server')
}

/** Inspects whether the metadata are available, name the issuer, and name the URL of its keys. */
export function inspectDiscovery({ issuer, source, exchanges, reason }: DiscoveryFacts): Check {
  const last = exchanges.at(-1)
  const expected = `metadata of ${redactUrl(issuer)} with its issuer and its jwks_uri`
  if (last === undefined) return failed(expected, { found: 'no request was made', remedy: `Check ${source}.` })
  const urls = exchanges.map(({ url }) => redactUrl(url)).join(' and ')
  if (reason === null)
    return passed('discovery', expected, `${redactUrl(last.url)} → ${redactUrl(String(jsonBody(last)?.['jwks_uri']))}`)
  const found = jsonBody(last)?.['issuer']
  if (reason === reasons.otherIssuer) {
    return failed(expected, {
      found: `${urls}: issuer ${formatUrl(found)}`,
      remedy:
        found === undefined
          ? 'The metadata must name the issuer. Ask the operator of the server.'
          : `If this is the issuer that you trust, set ${source} to exactly ${formatUrl(found)}${slashHint(issuer, found)}.`,
    })
  }
  if (reason.includes('"jwks_uri"')) {
    return failed(expected, {
      found: `${urls}: jwks_uri ${formatUrl(jsonBody(last)?.['jwks_uri'] ?? null)}`,
      remedy: 'It must be an HTTPS URL, or have the same origin as the issuer. You can set JWT_JWKS_URL instead.',
    })
  }
  const fault = explainExchange(last, reason)
  const verdict = fault.isOutage ? 'outage' : 'failed'
  return { ...failed(expected, { found: `${urls}: ${fault.found}`, remedy: fault.remedy }), verdict }
}

function failed(expected: string, { found, remedy }: { found: string; remedy: string }): Check {
  return { check: 'discovery', verdict: 'failed', expected, found, remedy }
}

/** Formats a value that should be a URL. */
function formatUrl(value: unknown): string {
  return shortValue(typeof value === 'string' ? removeUrlSecrets(value) : value)
}

function slashHint(issuer: string, found: unknown): string {
  const differsBySlash = found === `${issuer}/` || `${String(found)}/` === issuer
  return differsBySlash ? '; only the slash at the end differs' : ''
}
