import { existsSync } from 'node:fs'
import { expressPeers } from './express-peers.ts'
import { otherPeers } from './other-peers.ts'
import type { Peer } from './peer.ts'

/** claimcheck on each framework, and the packages that it is compared with. The folder of an adapter can be removed. */
export const peers: readonly Peer[] = [...expressPeers, ...otherPeers]
  .filter((peer) => !isOurs(peer) || existsSync(new URL(`../../${folderOf(peer)}/package.json`, import.meta.url)))
  .toSorted((one, other) => Number(isOurs(other)) - Number(isOurs(one)))

export function isOurs({ name }: Pick<Peer, 'name'>): boolean {
  return name.startsWith('@claimcheck/')
}

function folderOf({ name }: Peer): string {
  return name.replace('@claimcheck/', 'packages/')
}
