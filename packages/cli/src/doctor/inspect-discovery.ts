import { visibleValue } from '../terminal/escape.ts'
import { passed } from './check.ts'
import type { Check } from './check.ts'
import { explainExchange } from './explain-exchange.ts'
import { bodyOf } from './exchange-body.ts'
import type { Exchange } from './record-fetch.ts'
import { bareUrl, redactUrl } from './shown-url.ts'

/** What is known of how an issuer's metadata were asked for. */
export interface DiscoveryFacts {
  readonly issuer: string
  /** What the issuer was given by, for the remedy. */
  readonly source: string
  /** The exchanges for metadata, one or two. */
  readonly exchanges: readonly Exchange[]
  /** Why core could not use them; null where it could. */
  readonly reason: string | null
}

/** Whether a URL is one of those where metadata are (OpenID Connect Discovery 1.0 section 4, RFC 8414 section 3). */
export function isMetadataUrl(url: string): boolean {
  return url.endsWith('/.well-known/openid-configuration') || url.includes('/.well-known/oauth-authorization-server')
}

/** Checks that the issuer's metadata are to be had, name the issuer, and lead to its keys. */
export function checkDiscovery({ issuer, source, exchanges, reason }: DiscoveryFacts): Check {
  const last = exchanges.at(-1)
  const expected = `metadata of ${redactUrl(issuer)} that name it and its jwks_uri`
  if (last === undefined) return failed(expected, { found: 'nothing was asked for', remedy: `Look at ${source}.` })
  const where = exchanges.map(({ url }) => redactUrl(url)).join(' and ')
  if (reason === null)
    return passed('discovery', expected, `${redactUrl(last.url)} leads to ${redactUrl(jwksUriOf(last))}`)
  const named = bodyOf(last)?.['issuer']
  if (reason === 'its metadata name another issuer') {
    return failed(expected, {
      found: `${where} names the issuer ${shownMember(named)}`,
      remedy:
        named === undefined
          ? 'The metadata must name the issuer: ask whoever runs the server.'
          : `If you mean that one, set ${source} to ${shownMember(named)}, to the letter${slashHint(issuer, named)}.`,
    })
  }
  if (reason.startsWith('its metadata name')) {
    return failed(expected, {
      found: `${where} names the jwks_uri ${shownMember(bodyOf(last)?.['jwks_uri'] ?? null)}`,
      remedy: 'It must be a URL by https, or on the issuer itself. Set JWT_JWKS_URL if you know where the keys are.',
    })
  }
  const { found, remedy, isOutage } = explainExchange(last, reason)
  return { ...failed(expected, { found: `${where}: ${found}`, remedy }), verdict: isOutage ? 'outage' : 'failed' }
}

function failed(expected: string, { found, remedy }: { found: string; remedy: string }): Check {
  return { check: 'discovery', verdict: 'failed', expected, found, remedy }
}

function jwksUriOf(exchange: Exchange): string {
  return String(bodyOf(exchange)?.['jwks_uri'])
}

/** What should be a URL. */
function shownMember(value: unknown): string {
  return visibleValue(typeof value === 'string' ? bareUrl(value) : value)
}

function slashHint(issuer: string, named: unknown): string {
  return named === `${issuer}/` || `${String(named)}/` === issuer ? ': they differ by the slash at the end' : ''
}
