import { shortValue } from '../terminal/escape.ts'
import { redactUrl } from '../terminal/redact.ts'
import type { Exchange } from './record-fetch.ts'

/** Why a document could not be used, and what to do. */
export interface ExchangeFault {
  readonly found: string
  readonly remedy: string
  /** Whether it may work again later, without any change. */
  readonly isOutage: boolean
}

const certificateFault = (found: string) => ({
  found,
  remedy: "Renew or complete the server's certificate. For a private CA, set NODE_EXTRA_CA_CERTS.",
  isOutage: false,
})
const noTls = {
  found: 'the server does not speak HTTPS on this port',
  remedy: 'Check the port, and whether the server uses HTTPS on it.',
  isOutage: false,
}
const closedConnection = {
  found: 'the connection was closed',
  remedy: 'Check that the server uses HTTPS on this port. A proxy may also have closed the connection.',
  isOutage: true,
}

/** Explanations of the error codes of Node's network stack. */
const connectionFaults: Readonly<Record<string, ExchangeFault>> = {
  ENOTFOUND: {
    found: 'the host name was not found',
    remedy: 'Check the spelling of the host name. It may need a VPN or another DNS server.',
    isOutage: true,
  },
  EAI_AGAIN: {
    found: 'the host name could not be resolved',
    remedy: 'Check the network connection and the DNS server.',
    isOutage: true,
  },
  ECONNREFUSED: {
    found: 'the connection was refused',
    remedy: 'Check that the server is running, and that host and port are correct.',
    isOutage: true,
  },
  ECONNRESET: closedConnection,
  UND_ERR_CONNECT_TIMEOUT: {
    found: 'the connection timed out',
    remedy: 'A firewall may block the connection, or a proxy may be required.',
    isOutage: true,
  },
  UND_ERR_SOCKET: closedConnection,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: noTls,
  ERR_SSL_WRONG_VERSION_NUMBER: noTls,
  CERT_HAS_EXPIRED: certificateFault('the certificate has expired'),
  DEPTH_ZERO_SELF_SIGNED_CERT: certificateFault('the certificate is self-signed'),
  ERR_TLS_CERT_ALTNAME_INVALID: certificateFault('the certificate is for another host name'),
  SELF_SIGNED_CERT_IN_CHAIN: certificateFault('the certificate was issued by an untrusted CA'),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: certificateFault('the certificate was issued by an untrusted CA'),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: certificateFault('the server does not send the intermediate certificates'),
}

/** The reasons of core that need another explanation than their own text. */
export const reasons = {
  timeout: 'the response took too long',
  unreadable: 'the response could not be read',
  notJson: 'the response is not a JSON object',
  notJwkSet: 'the response is not a JWK Set',
  otherIssuer: 'the metadata\'s "issuer" does not match',
} as const

/** Explains why core could not use a response. `reason` is the reason that core reported. */
export function explainExchange(exchange: Exchange, reason: string): ExchangeFault {
  const { failure, status, headers } = exchange
  if (reason === reasons.timeout) {
    return {
      found: status === null ? 'no response within 5 seconds' : 'the response was not complete within 5 seconds',
      remedy: 'A firewall or a proxy may block the connection, or the server is overloaded. APIs wait 5 seconds, too.',
      isOutage: true,
    }
  }
  if (failure !== null) return explainConnection(failure)
  if (status !== null && status >= 300 && status < 400) {
    const { location } = headers
    const target = location === null ? '' : ` to ${redactUrl(toAbsoluteUrl(location, exchange.url))}`
    return {
      found: `the server responded with ${status}, a redirect${target}`,
      remedy: 'Redirects are not followed. If the target is correct, configure its URL.',
      isOutage: false,
    }
  }
  if (status !== null && status !== 200) return explainStatus(status)
  return explainBody(exchange, reason)
}

function explainConnection(failure: unknown): ExchangeFault {
  if (isBlockedPort(failure)) {
    return {
      found: 'fetch blocks this port',
      remedy: 'Use another port. This one is reserved for another protocol (bad ports in the Fetch standard).',
      isOutage: false,
    }
  }
  const code = findCode(failure)
  const known = Object.hasOwn(connectionFaults, code) ? connectionFaults[code] : undefined
  if (known !== undefined) return { ...known, found: `${known.found} (${code})` }
  return {
    found: `the server could not be reached (${code})`,
    remedy: 'Run curl -v with this URL for details.',
    isOutage: true,
  }
}

/** Node reports a blocked port without a code, only with this message. */
function isBlockedPort(failure: unknown): boolean {
  return failure instanceof Error && failure.cause instanceof Error && failure.cause.message === 'bad port'
}

/** Only the code is printed, because a network message may contain anything. */
function findCode(failure: unknown): string {
  const cause = failure instanceof Error && failure.cause instanceof Error ? failure.cause : failure
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  return typeof code === 'string' && /^[A-Z0-9_]{1,60}$/.test(code) ? code : 'no code'
}

function explainStatus(status: number): ExchangeFault {
  const found = `the server responded with ${status}`
  if (status === 429 || status >= 500) {
    return { found, remedy: 'The server fails or is overloaded. Check its log, or wait.', isOutage: true }
  }
  if (status === 401 || status === 403) {
    return { found, remedy: 'The document must be public, without a login or an allow-list.', isOutage: false }
  }
  return {
    found,
    remedy: 'Check the URL and its path. Some providers have one for each tenant or realm.',
    isOutage: false,
  }
}

const checkServer = 'Check with the operator of the server what is at this URL.'

function explainBody({ headers, body }: Exchange, reason: string): ExchangeFault {
  const type = headers['content-type'] ?? ''
  if (reason === reasons.notJson) {
    const isPage = /\bhtml\b/i.test(type) || /^\s*<(!doctype|html)\b/i.test(body)
    const content = isPage ? 'an HTML page' : body.trim() === '' ? 'an empty body' : 'other text'
    const remedy = isPage
      ? "Check that this is the issuer's URL, and not that of its website, its login page or a proxy."
      : checkServer
    return {
      found: `${content} instead of JSON (${type === '' ? 'no Content-Type' : shortValue(type)})`,
      remedy,
      isOutage: false,
    }
  }
  if (reason === reasons.notJwkSet && /"jwks_uri"/.test(body)) {
    const remedy = 'Set JWT_JWKS_URL to the jwks_uri in the metadata, or omit it to discover the keys.'
    return { found: "the issuer's metadata instead of a JWK Set", remedy, isOutage: false }
  }
  return { found: reason, remedy: checkServer, isOutage: reason === reasons.unreadable }
}

function toAbsoluteUrl(location: string, base: string): string {
  return URL.canParse(location, base) ? new URL(location, base).href : location
}
