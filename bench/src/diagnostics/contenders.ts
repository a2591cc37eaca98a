/** By the names that the figures go by: how an Auth is followed, and on which platform it runs. */
export const contenders = {
  // The platform of Workers has none; recalling a token is otherwise the same work there.
  'without channels': { nodeArguments: ['--conditions=workerd'], subscribed: [] },
  'nobody subscribed': { nodeArguments: [], subscribed: [] },
  'refusals, keys and revocations subscribed': {
    nodeArguments: [],
    subscribed: ['claimcheck:refuse', 'claimcheck:keys', 'claimcheck:revoke'],
  },
  'all four subscribed': {
    nodeArguments: [],
    subscribed: ['claimcheck:authenticate', 'claimcheck:refuse', 'claimcheck:keys', 'claimcheck:revoke'],
  },
} as const satisfies Readonly<Record<string, Followed>>

interface Followed {
  readonly nodeArguments: readonly string[]
  readonly subscribed: readonly string[]
}

export type ContenderName = keyof typeof contenders

export const contenderNames = Object.keys(contenders) as ContenderName[]
export const baseline: ContenderName = 'without channels'
/** Those of whom nobody is told what is measured. */
export const unheard: readonly ContenderName[] = ['nobody subscribed', 'refusals, keys and revocations subscribed']
