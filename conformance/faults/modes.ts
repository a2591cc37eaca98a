import type { Mode } from '@claimcheck/core/adapter'

/** An outage and a bug are the same under each. */
export const modes: readonly Mode[] = ['required', 'optional', 'attempt']
