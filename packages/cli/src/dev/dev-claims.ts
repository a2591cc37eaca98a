import { UsageError } from '../usage-error.ts'

/** What the command line says of the user. */
export interface DevUserOptions {
  readonly user: string
  readonly role?: readonly string[]
  readonly scope?: readonly string[]
  readonly claim?: readonly string[]
}

/** Makes the claims of the development user; throws a UsageError. */
export function readDevClaims({
  user,
  role,
  scope,
  claim,
}: DevUserOptions): Readonly<Record<string, unknown>> & { readonly sub: string } {
  return {
    ...Object.fromEntries((claim ?? []).map(readClaim)),
    ...(role === undefined ? {} : { roles: role }),
    ...(scope === undefined ? {} : { scope: scope.flatMap((words) => words.split(' ')) }),
    sub: user,
  }
}

/** `admin=true` is true, `tenant=42` a number, `name=John` text. */
function readClaim(text: string): readonly [name: string, value: unknown] {
  const [, name, value] = /^([^=]+)=([^]*)$/.exec(text) ?? []
  if (name === undefined || value === undefined) throw new UsageError('--claim must be name=value.')
  try {
    return [name, JSON.parse(value)]
  } catch {
    return [name, value]
  }
}
