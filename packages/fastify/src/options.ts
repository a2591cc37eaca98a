import { ConfigError } from '@claimcheck/core'
import type { Auth, AuthOptions } from '@claimcheck/core'
import type { GateSettings } from '@claimcheck/core/adapter'

type Given = { readonly auth: Auth<string, unknown> }
type FromEnvironment = { readonly auth?: never; readonly issuer?: never; readonly issuers?: never }

/** The options of the plugin: those of an Auth, an Auth as `auth`, or neither for the JWT_* variables. */
export type JwtAuthOptions = (AuthOptions<string, unknown> | Given | FromEnvironment) &
  GateSettings & {
    /** Whether `request.auth` is set; false where another plugin holds that name. @default true */
    readonly decorate?: boolean
  }

interface SplitOptions {
  readonly auth: Auth<string, unknown> | AuthOptions<string, unknown> | undefined
  readonly gate: GateSettings
  readonly decorate: boolean
}

/** Fastify's own, which it hands to every plugin. */
const ofFastify: readonly string[] = ['prefix', 'logLevel', 'logSerializers']
const ofGate: readonly string[] = ['mode', 'onError']

/** Parts the one object that Fastify hands to a plugin by whom its members are for. */
export function splitOptions(options: JwtAuthOptions): SplitOptions {
  const entries = Object.entries(options).filter(([name]) => !ofFastify.includes(name) && name !== 'decorate')
  const decorate = Object.hasOwn(options, 'decorate') ? (options.decorate ?? true) : true
  if (typeof decorate !== 'boolean') throw new ConfigError('decorate', 'true or false', typeof decorate)
  const gate: GateSettings = Object.fromEntries(entries.filter(([name]) => ofGate.includes(name)))
  return { auth: authOf(entries.filter(([name]) => !ofGate.includes(name))), gate, decorate }
}

function authOf(entries: readonly (readonly [string, unknown])[]): SplitOptions['auth'] {
  const [first] = entries
  if (first === undefined) return undefined
  const given = entries.find(([name]) => name === 'auth')
  // Whether the members are right is for createAuth to judge.
  if (given === undefined) return Object.fromEntries(entries) as unknown as AuthOptions<string, unknown>
  if (given[1] === undefined) throw new ConfigError('auth', 'an Auth', 'undefined')
  if (entries.length === 1) return given[1] as Auth<string, unknown>
  throw new ConfigError('auth', 'alone, or left out beside the options of an Auth', 'beside them')
}
