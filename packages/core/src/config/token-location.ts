import { AuthFailure } from '../failure/auth-failure.ts'
import { ConfigError } from '../failure/errors.ts'
import { isAllowedUrl } from '../keys/fetch-json.ts'
import { defineOptions, describe, describeOther, readOptions, readString, readStrings } from '../lib/options.ts'
import { hasOwn } from '../lib/properties.ts'
import { findCookie } from '../request/credentials.ts'
import type { CookieLocation, ParsedLocation } from '../request/credentials.ts'
import { checkOrigin } from '../request/cross-site.ts'
import type { RequestLike } from '../request/headers.ts'
import { describeUrl } from './key-options.ts'

/** Whether a text can be the name of a header (RFC 9110 section 5.6.2) or of a cookie (RFC 6265 section 4.1.1). */
const isName = (text: string) => /^[A-Za-z0-9!#$%&'*+\-.^_`|~]+$/.test(text)
const forms = '"authorization", { header } or { cookie }'

export const headerOptions = defineOptions({
  header: { read: readHeaderName, required: 'a non-empty string' },
})

export const cookieOptions = defineOptions({
  cookie: { read: readCookieName, required: 'a non-empty string' },
  origins: { read: readOrigins, fallback: new Set<string>() },
})

export const defaultTokenFrom: readonly ParsedLocation[] = Object.freeze(['authorization'] as const)

/** Parses the option `tokenFrom`: one location, or a list in the order in which they are read. */
export function parseTokenFrom(option: string, value: unknown): readonly ParsedLocation[] {
  if (!Array.isArray(value)) return Object.freeze([parseLocation(option, value)])
  if (value.length === 0) throw new ConfigError(option, `${forms}, or a non-empty array of these`, describe(value))
  const locations = value.map((entry: unknown, index) => parseLocation(`${option}[${index}]`, entry))
  const names = locations.map((location) => JSON.stringify(location))
  const repeated = names.findIndex((name, index) => names.indexOf(name) < index)
  if (repeated !== -1)
    throw new ConfigError(`${option}[${repeated}]`, 'a location that is not already in the list', 'a repeated location')
  // Browsers send a cookie with every request, so it must not take precedence over a token that the client chose to send.
  const misplaced = locations.slice(0, -1).findIndex((location) => {
    return typeof location === 'object' && hasOwn(location, 'cookie')
  })
  if (misplaced !== -1)
    throw new ConfigError(
      `${option}[${misplaced}]`,
      'a cookie only at the end of the list',
      'a cookie before other locations',
    )
  return Object.freeze(locations)
}

function parseLocation(option: string, value: unknown): ParsedLocation {
  if (value === 'authorization') return value
  if (typeof value !== 'object' || value === null || Array.isArray(value) || Object.keys(value).length === 0) {
    throw new ConfigError(option, forms, describe(value))
  }
  return readOptions(option, value, Object.hasOwn(value, 'cookie') ? cookieOptions : headerOptions)
}

function readHeaderName(option: string, value: unknown): string {
  const header = readString(option, value).toLowerCase()
  if (isName(header) && header !== 'authorization' && header !== 'cookie') return header
  throw new ConfigError(option, 'the name of a header other than authorization and cookie', describeOther(header))
}

/**
 * Reads the name of a cookie. The prefixes `__Host-` and `__Secure-` must have exactly this spelling, because not all
 * browsers enforce their rules if the case differs.
 */
function readCookieName(option: string, value: unknown): string {
  const cookie = readString(option, value)
  if (!isName(cookie)) throw new ConfigError(option, 'a cookie name', describeOther(cookie))
  if (/^__(host|secure)-/i.test(cookie) && !/^__(Host|Secure)-/.test(cookie)) {
    throw new ConfigError(option, 'a prefix that is spelled exactly __Host- or __Secure-', 'a different spelling')
  }
  return cookie
}

/**
 * Reads origins as browsers send them (RFC 6454 section 6.2), because they are compared exactly. `null` is not accepted,
 * because it is the origin of every sandboxed page. Plain HTTP is accepted only for localhost, because an attacker on the
 * network path can replace such a page.
 */
function readOrigins(option: string, value: unknown): ReadonlySet<string> {
  const origins = readStrings(option, value).map((origin, index) => {
    const path = Array.isArray(value) ? `${option}[${index}]` : option
    const url = URL.canParse(origin) ? new URL(origin) : null
    if (url?.hostname.includes('*') === true) throw new ConfigError(path, 'one origin', 'a URL with a wildcard')
    if (url === null || !isAllowedUrl(url, [])) {
      throw new ConfigError(path, 'an https origin (or http on localhost)', describeUrl(url))
    }
    if (url.origin === origin) return origin
    throw new ConfigError(
      path,
      'an origin as browsers send it: in lower case, without a default port and without a path',
      'another spelling, or a URL with more parts',
    )
  })
  return new Set(origins)
}

/**
 * Creates a reader of a cookie that authenticates a request by itself, such as that of a refresh token. It returns the exact
 * value of the cookie, or null if the request has none. It throws an AuthError if the cookie appears more than once
 * (`request_malformed`), or if the request, whatever its method, does not come from the server's own origin or from one
 * of `origins` (`cross_site_request`). Throws a ConfigError if the options are wrong.
 */
export function createCookieReader(location: CookieLocation): (request: RequestLike) => string | null {
  const { cookie, origins } = readOptions('', location, cookieOptions)
  return (request) => {
    const found = findCookie(request, cookie)
    const result = typeof found === 'string' ? (checkOrigin(request, origins) ?? found) : found
    if (result instanceof AuthFailure) throw result.toError()
    return result
  }
}
