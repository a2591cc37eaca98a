import type { PackageName } from './packages.ts'
import { packages } from './packages.ts'

/** A cell that was not measured, and the page that shows it. */
interface Claim {
  readonly text: string
  /** A link from `docs/`, or a page or file on the web. */
  readonly source: string
}

/** What is not measured. `null` is "no": its source is then the documentation as a whole, which does not mention it. */
interface PackageClaims {
  readonly documentation: string
  /** The first commit of the repository, with its year. */
  readonly since: Claim
  /** How tests get tokens. */
  readonly testTokens: Claim | null
  /** What checks a role or a scope, if it is not measured. */
  readonly guard: Claim | null
  /** Sender-constrained tokens: DPoP (RFC 9449) and mTLS (RFC 8705). */
  readonly boundTokens: Claim | null
  /** The package that verifies, if the conformance tests do not run this one. */
  readonly verifier?: Claim
  /** Login, sessions and logout. */
  readonly login: Claim | null
}

const github = 'https://github.com'
const oauth2 = `${github}/auth0/node-oauth2-jwt-bearer`
const oauth2Readme = `${oauth2}/blob/8701dab5c44839607755b94b247ce1912aff1aca/packages/express-oauth2-jwt-bearer/README.md`
const expressJwt = `${github}/auth0/express-jwt`
const passportJwt = `${github}/mikenicholson/passport-jwt`
const fastifyJwt = `${github}/fastify/fastify-jwt`
const koaJwt = `${github}/koajs/jwt`
const hono = `${github}/honojs/hono`
const jose = `${github}/panva/jose`
const betterAuth = `${github}/better-auth/better-auth`
const betterAuthDocs = `${betterAuth}/blob/451aa4b6e57c9d4989bebc61ebb0892510e8a14e/docs/content/docs`
const openid = `${github}/auth0/express-openid-connect`
const openidFiles = `${openid}/blob/94a08dd6c214a5a427a70110898e0e2099e5daab`

const claims: Readonly<Record<PackageName, PackageClaims>> = {
  claimcheck: {
    documentation: 'security.md',
    since: { text: '2026', source: '../packages/core/package.json' },
    testTokens: { text: 'yes, and one invalid token per error', source: 'testing.md' },
    guard: null,
    boundTokens: null,
    login: { text: 'tokens for your own login, no user database', source: 'login.md' },
  },
  'express-oauth2-jwt-bearer': {
    documentation: oauth2Readme,
    since: { text: '2021', source: `${oauth2}/commit/ef89487f232957b25947cba1f92465bfed74955d` },
    testTokens: null,
    guard: null,
    boundTokens: { text: 'DPoP and mTLS', source: `${oauth2Readme}#dpop-authentication` },
    login: null,
  },
  'express-jwt': {
    documentation: `${expressJwt}/blob/v8.5.1/README.md`,
    since: { text: '2013', source: `${expressJwt}/commit/6e3ff6356fb8aa48a3af511107758cd989bafc42` },
    testTokens: null,
    guard: null,
    boundTokens: null,
    login: null,
  },
  'passport-jwt': {
    documentation: `${passportJwt}/blob/v4.0.1/README.md`,
    since: { text: '2014', source: `${passportJwt}/commit/7e29daa1fd575e1edfb44c02b9d455619c6e1540` },
    testTokens: null,
    guard: null,
    boundTokens: null,
    login: null,
  },
  '@fastify/jwt': {
    documentation: `${fastifyJwt}/blob/v10.2.0/README.md`,
    since: { text: '2017', source: `${fastifyJwt}/commit/d7809b6a0aae6e4ef7445cb2c08e176420d472d3` },
    testTokens: {
      text: '`fastify.jwt.sign`, with the key of the app',
      source: `${fastifyJwt}/blob/v10.2.0/README.md#fastifyjwtsignpayload-options-callback`,
    },
    guard: null,
    boundTokens: null,
    login: null,
  },
  'koa-jwt': {
    documentation: `${koaJwt}/blob/v4.0.4/README.md`,
    since: { text: '2014', source: `${koaJwt}/commit/3fdfb6731ba401744cc7667b7e54ade2af191491` },
    testTokens: null,
    guard: null,
    boundTokens: null,
    login: null,
  },
  'hono/jwt': {
    documentation: 'https://hono.dev/docs/middleware/builtin/jwt',
    since: { text: '2021', source: `${hono}/commit/4a68b0d8d76ddc0691dc82fe27834c7c48390ccd` },
    testTokens: { text: '`sign`, with your own key', source: 'https://hono.dev/docs/helpers/jwt#sign' },
    guard: null,
    boundTokens: null,
    login: null,
  },
  'jose by hand': {
    documentation: `${jose}/blob/afbc664914bb975709a35bdfe5963a5583b63b2f/README.md`,
    since: { text: '2018', source: `${jose}/commit/b8709756f087d9968741c2cb1a50d4a79f1ee3be` },
    testTokens: {
      text: '`SignJWT`, with your own key',
      source: `${jose}/blob/afbc664914bb975709a35bdfe5963a5583b63b2f/docs/jwt/sign/classes/SignJWT.md`,
    },
    guard: null,
    boundTokens: null,
    login: null,
  },
  'better-auth': {
    documentation: `${betterAuthDocs}/plugins/oauth-provider.mdx`,
    since: { text: '2024', source: `${betterAuth}/commit/28427677ac7b8cdc08942337d26806595c7e34e4` },
    testTokens: { text: 'users and sessions, no access tokens', source: `${betterAuthDocs}/plugins/test-utils.mdx` },
    guard: null,
    verifier: {
      text: 'not run: jose verifies',
      source: `${betterAuth}/blob/v1.7.1/packages/core/src/oauth2/verify.ts`,
    },
    boundTokens: { text: 'DPoP', source: `${betterAuthDocs}/plugins/oauth-provider.mdx#verification` },
    login: { text: 'users, passwords, social login, sessions', source: `${betterAuthDocs}/basic-usage.mdx` },
  },
  'express-openid-connect': {
    documentation: `${openidFiles}/README.md`,
    since: { text: '2018', source: `${openid}/commit/89d1b8081a9557a0c8f948b205a2d195111a81e3` },
    testTokens: null,
    guard: {
      text: '`claimIncludes`: redirects to the login',
      source: `${openidFiles}/middleware/requiresAuth.js`,
    },
    boundTokens: null,
    login: { text: 'login at a provider, sessions, logout', source: `${openidFiles}/EXAMPLES.md` },
  },
}

type ClaimKind = Exclude<keyof PackageClaims, 'documentation'>

/** The cell of a claim, which links to its source. */
export function claimCell(name: PackageName, kind: ClaimKind, without = 'no'): string {
  const { [kind]: claim = null } = claims[name]
  return claim === null ? documentedCell(name, without) : `[${claim.text}](${claim.source})`
}

/** A cell whose source is the documentation as a whole. */
export function documentedCell(name: PackageName, text: string): string {
  return `[${text}](${claims[name].documentation})`
}

/** The name of a package in the first column, with the package that fetches its keys if `withKeys` is true. */
export function packageCell(name: PackageName, withKeys = false): string {
  if (name === 'claimcheck') return '**claimcheck**'
  const { keysFrom } = packages[name]
  return withKeys && keysFrom !== null ? `${name} with ${keysFrom}` : name
}
