import { classProperty } from '@claimcheck/core/internal'
import type { CommandClient } from './redis-client.ts'

type Send = (...given: unknown[]) => Promise<unknown>

/** Sends a command by its words. In a cluster, `key` selects the node; the key prefix of a client is not applied. */
export function sendCommand(commander: CommandClient, key: string, words: readonly string[]): Promise<unknown> {
  const send = commander.sendCommand.bind(commander) as unknown as Send
  if (has(commander, 'masters')) return send(key, false, [...words])
  return has(commander, 'getMasterNode') ? send(false, [...words]) : send([...words])
}

function has(commander: CommandClient, name: string): boolean {
  return classProperty(commander, name) !== undefined
}
