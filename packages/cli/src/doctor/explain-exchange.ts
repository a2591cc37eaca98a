import { visibleValue } from '../terminal/escape.ts'
import type { Exchange } from './record-fetch.ts'
import { redactUrl } from './shown-url.ts'

/** Why a document could not be used, and what to do. */
export interface ExchangeFault {
  readonly found: string
  readonly remedy: string
  /** Whether it may be over in a while, with nothing changed. */
  readonly isOutage: boolean
}

const certificate = (found: string) => ({
  found,
  remedy:
    'Renew or complete the certificate of the server; one of your own authority is trusted by NODE_EXTRA_CA_CERTS.',
  isOutage: false,
})
const noTls = {
  found: 'what answers there speaks no https',
  remedy: 'Is the port right, and is it https that the server speaks on it?',
  isOutage: false,
}

/** What Node says of a connection that fails. */
const connectionFaults: Readonly<Record<string, ExchangeFault>> = {
  ENOTFOUND: {
    found: 'its host name is not known',
    remedy: 'Is the name spelt right? Does this machine need a VPN or another DNS?',
    isOutage: true,
  },
  EAI_AGAIN: {
    found: 'its host name could not be looked up',
    remedy: 'Is this machine on the network? Does its DNS answer?',
    isOutage: true,
  },
  ECONNREFUSED: {
    found: 'nothing listens there',
    remedy: 'Does the server run? Are host and port right, as seen from this machine?',
    isOutage: true,
  },
  ECONNRESET: {
    found: 'the connection broke off',
    remedy: 'Is it https that the server speaks on this port? Does a proxy stand between?',
    isOutage: true,
  },
  UND_ERR_CONNECT_TIMEOUT: {
    found: 'no connection came about',
    remedy: 'Does a firewall stand between? Does this machine need a proxy?',
    isOutage: true,
  },
  UND_ERR_SOCKET: {
    found: 'the connection broke off',
    remedy: 'Is it https that the server speaks on this port? Does a proxy stand between?',
    isOutage: true,
  },
  ERR_SSL_PACKET_LENGTH_TOO_LONG: noTls,
  ERR_SSL_WRONG_VERSION_NUMBER: noTls,
  CERT_HAS_EXPIRED: certificate('its certificate has expired'),
  DEPTH_ZERO_SELF_SIGNED_CERT: certificate('its certificate is signed by itself'),
  ERR_TLS_CERT_ALTNAME_INVALID: certificate('its certificate is for another host name'),
  SELF_SIGNED_CERT_IN_CHAIN: certificate('its certificate is of an authority that is not trusted'),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: certificate('its certificate is of an authority that is not trusted'),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: certificate('its certificate comes without those between it and its authority'),
}

/** Explains an exchange that core could not use, for the reason that core gave. */
export function explainExchange(exchange: Exchange, reason: string): ExchangeFault {
  const { failure, status, headers } = exchange
  if (reason === 'it took too long') {
    return {
      found: status === null ? 'no answer came in 5 seconds' : 'the answer was not complete in 5 seconds',
      remedy: 'Does a firewall or a proxy stand between? Is the server under load? Servers wait no longer than that.',
      isOutage: true,
    }
  }
  if (failure !== null) return explainConnection(failure)
  if (status !== null && status >= 300 && status < 400) {
    const target = headers.location === null ? 'elsewhere' : `to ${redactUrl(absolute(headers.location, exchange.url))}`
    return {
      found: `it answered ${status}, a redirect ${target}`,
      remedy: 'Redirects are not followed: configure the address that it leads to, if that is the right one.',
      isOutage: false,
    }
  }
  if (status !== null && status !== 200) return explainStatus(status)
  return explainBody(exchange, reason)
}

function explainConnection(failure: unknown): ExchangeFault {
  if (isBlockedPort(failure)) {
    return {
      found: 'its port is one that fetch never calls',
      remedy:
        'Have the server listen on another port: this one is kept for another protocol (WHATWG Fetch, bad ports).',
      isOutage: false,
    }
  }
  const code = codeOf(failure)
  const known = Object.hasOwn(connectionFaults, code) ? connectionFaults[code] : undefined
  if (known !== undefined) return { ...known, found: `${known.found} (${code})` }
  return {
    found: `it could not be reached (${code})`,
    remedy: 'Call it by curl -v from this machine, which tells more.',
    isOutage: true,
  }
}

/** It has no code, and words of Node's own. */
function isBlockedPort(failure: unknown): boolean {
  return failure instanceof Error && failure.cause instanceof Error && failure.cause.message === 'bad port'
}

/** The code alone: a message of the network may hold anything. */
function codeOf(failure: unknown): string {
  const cause = failure instanceof Error && failure.cause instanceof Error ? failure.cause : failure
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  return typeof code === 'string' && /^[A-Z0-9_]{1,60}$/.test(code) ? code : 'no code'
}

function explainStatus(status: number): ExchangeFault {
  const found = `it answered ${status}`
  if (status === 429 || status >= 500) {
    return { found, remedy: 'The server has a fault or too much to do: look at its own log, or wait.', isOutage: true }
  }
  if (status === 401 || status === 403) {
    return {
      found,
      remedy: 'The document must be open to everybody: no login and no allow-list may stand before it.',
      isOutage: false,
    }
  }
  return {
    found,
    remedy: 'Is the address right, to the letter, with its path? Some providers have one for each tenant or realm.',
    isOutage: false,
  }
}

function explainBody({ headers, body }: Exchange, reason: string): ExchangeFault {
  const type = headers['content-type'] ?? ''
  if (reason === 'it gave no JSON object') {
    const isPage = /\bhtml\b/i.test(type) || /^\s*<(!doctype|html)\b/i.test(body)
    const what = isPage ? 'an HTML page' : body.trim() === '' ? 'nothing' : 'other text'
    const remedy = isPage
      ? 'A web page answers there: is it the address of the issuer, and not of its website, its login or a proxy?'
      : 'Ask whoever runs the server what answers there.'
    return {
      found: `${what} instead of JSON (${type === '' ? 'no Content-Type' : visibleValue(type)})`,
      remedy,
      isOutage: false,
    }
  }
  if (reason === 'it gave no JWK Set' && /"jwks_uri"/.test(body)) {
    const remedy = 'Set JWT_JWKS_URL to the jwks_uri in it; or leave it out, and the metadata are asked for.'
    return { found: 'metadata of an issuer, and no JWK Set', remedy, isOutage: false }
  }
  const isOutage = reason === 'its answer broke off'
  return { found: reason, remedy: 'Ask whoever runs the server what answers there.', isOutage }
}

function absolute(location: string, base: string): string {
  return URL.canParse(location, base) ? new URL(location, base).href : location
}
