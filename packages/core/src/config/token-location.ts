import { AuthFailure } from '../failure/auth-failure.ts'
import { ConfigError } from '../failure/errors.ts'
import { isAllowedUrl } from '../keys/fetch-json.ts'
import { at, describe, describeOther, readFields, readString, readStrings } from '../lib/options.ts'
import { hasOwn } from '../lib/properties.ts'
import { findCookie } from '../request/credentials.ts'
import type { CookieLocation, ParsedLocation, ParsedCookieLocation } from '../request/credentials.ts'
import { checkOrigin } from '../request/cross-site.ts'
import type { RequestLike } from '../request/headers.ts'
import { describeUrl } from './key-options.ts'

/** A name as RFC 9110 and RFC 6265 have it: of a header, and of a cookie. */
const isName = (text: string) => /^[A-Za-z0-9!#$%&'*+\-.^_`|~]+$/.test(text)
const forms = '"authorization", { header } or { cookie }'

/** Parses where the token is taken from: one place, or a list in the order in which they are asked. */
export function parseTokenFrom(path: string, value: unknown): readonly ParsedLocation[] {
  if (!Array.isArray(value)) return Object.freeze([parsePlace(path, value)])
  if (value.length === 0) throw new ConfigError(path, `${forms}, or a non-empty array of these`, describe(value))
  const places = value.map((entry: unknown, index) => parsePlace(`${path}[${index}]`, entry))
  const names = places.map((place) => JSON.stringify(place))
  const repeated = names.findIndex((name, index) => names.indexOf(name) < index)
  if (repeated !== -1)
    throw new ConfigError(`${path}[${repeated}]`, 'a location that is not already in the list', 'a repeated location')
  // A browser sends it with whatever a client says, so it must not win over what was said.
  const misplaced = places.slice(0, -1).findIndex((place) => typeof place === 'object' && hasOwn(place, 'cookie'))
  if (misplaced !== -1)
    throw new ConfigError(
      `${path}[${misplaced}]`,
      'a cookie only at the end of the list',
      'a cookie before other locations',
    )
  return Object.freeze(places)
}

/** Parses the setting of a cookie that a token is taken from. */
export function parseCookiePlace(path: string, value: unknown): ParsedCookieLocation {
  const fields = readFields(path, value, ['cookie', 'origins'])
  const field = at(path, 'cookie')
  const cookie = readString(field, fields.get('cookie'))
  if (!isName(cookie)) throw new ConfigError(field, 'a cookie name', describeOther(cookie))
  if (/^__(host|secure)-/i.test(cookie) && !/^__(Host|Secure)-/.test(cookie)) {
    throw new ConfigError(field, 'a prefix that is spelled exactly __Host- or __Secure-', 'a different spelling')
  }
  return Object.freeze({
    cookie,
    origins: new Set(fields.has('origins') ? parseOrigins(at(path, 'origins'), fields.get('origins')) : []),
  })
}

function parsePlace(path: string, value: unknown): ParsedLocation {
  if (value === 'authorization') return value
  if (typeof value === 'object' && value !== null && Object.hasOwn(value, 'cookie'))
    return parseCookiePlace(path, value)
  if (typeof value !== 'object' || value === null || Array.isArray(value) || Object.keys(value).length === 0) {
    throw new ConfigError(path, forms, describe(value))
  }
  const header = readString(at(path, 'header'), readFields(path, value, ['header']).get('header')).toLowerCase()
  if (isName(header) && header !== 'authorization' && header !== 'cookie') return Object.freeze({ header })
  throw new ConfigError(
    at(path, 'header'),
    'the name of a header other than authorization and cookie',
    describeOther(header),
  )
}

/**
 * Origins as browsers write them (RFC 6454 section 6.2), for they are compared to the letter. `null` stands for every
 * sandboxed page, and a page by plain http may be anybody's on the way to it.
 */
function parseOrigins(path: string, value: unknown): readonly string[] {
  return readStrings(path, value).map((origin, index) => {
    const field = Array.isArray(value) ? `${path}[${index}]` : path
    const url = URL.canParse(origin) ? new URL(origin) : null
    if (url?.hostname.includes('*') === true) throw new ConfigError(field, 'one origin', 'a URL with a wildcard')
    if (url === null || !isAllowedUrl(url, [])) {
      throw new ConfigError(field, 'an https origin (or http on localhost)', describeUrl(url))
    }
    if (url.origin === origin) return origin
    throw new ConfigError(
      field,
      'an origin as browsers send it: in lower case, without a default port and without a path',
      'another spelling, or a URL with more parts',
    )
  })
}

/**
 * Makes a reader of a cookie by which a request always acts, such as that of a refresh token: its text to the letter, or
 * null where there is none. Throws an AuthError where it stands twice (`request_malformed`), or where the request does not
 * come from the own origin or one of the list (`cross_site_request`), whatever its method. Throws ConfigError at the start.
 */
export function createCookieReader(place: CookieLocation): (request: RequestLike) => string | null {
  const { cookie, origins } = parseCookiePlace('', place)
  return (request) => {
    const found = findCookie(request, cookie)
    const outcome = typeof found === 'string' ? (checkOrigin(request, origins) ?? found) : found
    if (outcome instanceof AuthFailure) throw outcome.toError()
    return outcome
  }
}
