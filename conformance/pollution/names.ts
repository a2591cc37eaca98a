import { createDecrypter } from '@claimcheck/core/encryption'
import { ConfigError, createAuth } from '@claimcheck/core'
import { createRevocations } from '@claimcheck/core/revocation'
import { createOneTimeValues } from '@claimcheck/core/one-time'
import { auth0, cognito, entra, keycloak, okta } from '@claimcheck/core/presets'
import {
  createIssuer,
  createRefreshTokenReader,
  createSessionStore,
  serializeAccessCookie,
  serializeRefreshCookie,
} from '@claimcheck/issuer'
import { createTestIssuer } from '@claimcheck/testing'

/**
 * Every name that a test adds to `Object.prototype`: options, claims, header parameters, JWK members and properties
 * that code reads.
 */
export function pollutableNames(): readonly string[] {
  const listedNames = [claims, parameters, members, requests, inside, platform].flatMap((names) =>
    names.trim().split(/\s+/),
  )
  const names = new Set([...listedNames, ...optionNames()])
  // Names that exist already, and `then`, with which no promise in the process would work.
  return [...names].filter((name) => !(name in Object.prototype) && name !== 'then').toSorted()
}

/** The names that each public function accepts, as its error message lists them. */
function optionNames(): readonly string[] {
  const issuer = { issuer: 'https://issuer.example', audience: 'api' }
  const unknown = { unknownOption: 1 }
  const given: readonly ((value: never) => unknown)[] = [
    createAuth,
    (value) => createAuth({ ...issuer, keys: value }),
    (value) => createAuth({ ...issuer, cache: value }),
    createDecrypter,
    (value) => createAuth({ ...issuer, tokenFrom: value }),
    (value) => createAuth({ ...issuer, tokenFrom: { cookie: 'a', ...(value as object) } as never }),
    (value) => createAuth({ ...issuer, roles: { admin: value } }),
    createRevocations,
    createOneTimeValues,
    auth0,
    cognito,
    entra,
    keycloak,
    okta,
    createIssuer,
    createSessionStore,
    createRefreshTokenReader,
    (value) => serializeAccessCookie(null, value),
    (value) => serializeRefreshCookie(null, value),
    createTestIssuer,
  ]
  return given.flatMap((call) => knownNames(() => call(unknown as never)))
}

function knownNames(call: () => unknown): readonly string[] {
  try {
    call()
  } catch (error) {
    const [, listed] = error instanceof ConfigError ? (/^one of (.*)$/.exec(error.expected) ?? []) : []
    if (listed !== undefined) return listed.split(', ')
  }
  throw new Error('A public function does not list the names that it knows')
}

const claims = `iss sub aud exp nbf iat jti client_id azp scope scp permissions roles admin groups sid cnf act may_act typ
  token_use at_hash c_hash s_hash nonce auth_time acr amr events realm_access resource_access tenant tenants email name
  status entitlements cid appid ver word plan`

const parameters = `alg kid typ cty crit b64 zip jku jwk x5u x5c x5t x5t#S256 enc epk apu apv p2s p2c iv tag url ppt svt`

const members = `kty use key_ops alg kid x5u x5c crv x y d n e p q dp dq qi oth k pub priv ext r t keys issuer jwks_uri
  authorization_endpoint`

const requests = `headers rawHeaders method originalUrl authorization cookie origin upgrade sec-fetch-site host auth state
  config user req res raw query params body rawTrailers httpVersion socket get has`

const inside = `header origins includes equals claim kind anyOf allOf policies policy rule rules label test jwksUrl
  allowHttp secrets secret cryptoKey pkcs8 fault ignorable cause detail logDetail scopes retryAfterSeconds bearer publicCode encoded code expose
  type message principal failure rejection token value issues path key ready find holds steps isTaken bypassesCache recalled
  wasAborted redirected done isRevoked revokeToken revokeSession revokeSubject subject until issuedBefore allowed unmet missing scopes acrValues maxAgeSeconds
  mode errors decorate optional credentialsRequired algorithm algorithms privateKey publicKey sign signsFrom successor
  session device outcome sealedSuccessor isCurrent missing refusal toError deny identify extract decrypt parse envelope screen verify
  validate validatedAt screenedAt map revocation more from validity verified fetchContext keyUrls listed`

const platform = `dsaEncoding padding saltLength context format encoding passphrase cipher hash hashAlgorithm namedCurve
  mgf1HashAlgorithm asymmetricKeyType asymmetricKeyDetails alphabet lastChunkHandling fromBase64
  length public modulusLength publicExponent extractable redirect signal window dispatcher duplex integrity fatal ignoreBOM
  stream maxSize maxEntrySize ttl ttlResolution ttlAutopurge updateAgeOnGet updateAgeOnHas allowStale dispose onInsert
  disposeAfter noDisposeOnSet noUpdateTTL noDeleteOnStaleGet fetchMethod memoMethod sizeCalculation perf size start
  set writable enumerable configurable domain expires partitioned priority maxAge httpOnly secure sameSite`
