import { calendarTime, looksLikeMilliseconds, relativeTime } from '../lib/time.ts'

/** What the registered claims mean (RFC 7519, RFC 8693, RFC 9068, OpenID Connect Core 1.0), and those of large providers. */
const meanings: Readonly<Record<string, string>> = {
  iss: 'who issued it',
  sub: 'whom it is about',
  aud: 'which APIs it is for',
  jti: 'its own identifier',
  scope: 'what it may be used for',
  scp: 'what it may be used for',
  permissions: 'what it may be used for',
  roles: 'roles of whom it is about; each becomes a role here unless a role map says otherwise',
  admin: 'true gives the role admin here unless a role map says otherwise',
  groups: 'groups of whom it is about',
  entitlements: 'entitlements of whom it is about',
  client_id: 'the client that it was given to',
  azp: 'the client that it was given to',
  appid: 'the client that it was given to',
  sid: 'the session that it belongs to',
  cnf: 'the key that it is bound to: it is refused unless tokenBinding is null',
  act: 'who acts in the name of whom it is about',
  amr: 'how the user logged in',
  acr: 'how strictly the user logged in',
  name: 'the full name',
  given_name: 'the first name',
  family_name: 'the family name',
  nickname: 'the nickname',
  preferred_username: 'the name that the user goes by',
  email: 'the e-mail address',
  email_verified: 'whether the address was verified',
  picture: 'the address of a picture',
  locale: 'the language',
  tid: 'the tenant',
  oid: 'the object that it is about',
  nonce: 'ties an ID token to a login',
  at_hash: 'marks an ID token',
  c_hash: 'marks an ID token',
  token_use: 'what kind of token it is',
  realm_access: "Keycloak's roles of the realm",
  resource_access: "Keycloak's roles of clients",
}

const times: Readonly<Record<string, (seconds: number, now: number) => string>> = {
  exp: (seconds, now) => (seconds > now ? 'expires' : 'expired'),
  iat: () => 'issued',
  nbf: (seconds, now) => (seconds > now ? 'not good before that time:' : 'good since'),
  auth_time: () => 'the user logged in',
  updated_at: () => 'the profile was changed',
}

/** Says in words what a claim means; null for one that nobody but its issuer knows. */
export function describeClaim(name: string, value: unknown, nowSeconds: number): string | null {
  const verb = Object.hasOwn(times, name) ? times[name] : undefined
  if (verb === undefined) return Object.hasOwn(meanings, name) ? (meanings[name] ?? null) : null
  if (typeof value !== 'number') return 'must be a number, of seconds since 1970'
  const calendar = calendarTime(value)
  if (calendar === null) return 'is no time that a calendar has'
  if (looksLikeMilliseconds(value))
    return `must be seconds since 1970, and looks like milliseconds: ${calendarTime(value / 1000)}`
  const isOdd = name === 'iat' && value > nowSeconds
  return `${verb(value, nowSeconds)} ${relativeTime(value, nowSeconds)}, ${calendar}${isOdd ? '; is a clock wrong?' : ''}`
}
