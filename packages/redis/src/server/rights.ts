import { Script, sendCommand } from '../connection/commands.ts'
import type { CommandClient } from '../redis-client.ts'
import { RedisStoreError, toStoreError } from '../redis-store-error.ts'

/**
 * Every command that the stores send, directly or in a script, with arguments that change nothing; `KEY` is a key that does
 * not exist. Redis checks the rights of the user first, so any other error does not matter. The rule in docs/login-revocation.md
 * grants the same commands.
 */
const requiredCommands: Readonly<Record<string, string>> = {
  client: 'ID',
  ping: '',
  info: 'memory',
  time: '',
  wait: '0 0',
  eval: '', // its arguments are in trialOf
  evalsha: '0000000000000000000000000000000000000000 0',
  get: 'KEY',
  set: 'KEY 0 XX',
  del: 'KEY',
  exists: 'KEY',
  pexpire: 'KEY 1000',
  hset: 'KEY a b c', // an odd number of arguments: rejected
  hget: 'KEY a',
  hmget: 'KEY a',
  hdel: 'KEY a',
  hexists: 'KEY a',
  zadd: 'KEY XX 1 a',
  zcard: 'KEY',
  zcount: 'KEY 0 0',
  zrange: 'KEY 0 0',
  zrandmember: 'KEY',
  zrem: 'KEY a',
  zremrangebyrank: 'KEY 0 0',
  zremrangebyscore: 'KEY 0 0',
  zscan: 'KEY 0',
  zscore: 'KEY a',
  xadd: 'KEY NOMKSTREAM * a b',
  xread: 'COUNT 1 STREAMS KEY 0',
  xrevrange: 'KEY + - COUNT 1',
  xtrim: 'KEY MAXLEN 0',
}
const requiredKeys = ['{revocations}:*', 'family:*', 'subject:*', 'once:*']

const readAndWrite = new Script('return 1')

/** Returns the rights that the ACL user lacks, as a rule of Redis names them: `+command` and `~keys`. */
export async function findMissingRights(commands: CommandClient, prefix: string): Promise<readonly string[]> {
  const absentKey = `${prefix}:{revocations}:absent`
  const missingCommands = Object.entries(requiredCommands).map(async ([name, words]) => {
    const refusal = await refusalOf(sendCommand(commands, absentKey, trialOf(name, words, absentKey)))
    return refusal === 'command' ? [`+${name}`] : []
  })
  const missingKeys = requiredKeys.map(async (pattern) => {
    const key = `${prefix}:${pattern.replace('*', 'absent')}`
    const refusals = await Promise.all([refusalOf(commands.get(key)), refusalOf(readAndWrite.run(commands, [key], []))])
    return refusals.includes('key') ? [`~<prefix>:${pattern}`] : []
  })
  return (await Promise.all([...missingCommands, ...missingKeys])).flat()
}

export function missingRightsError(missing: readonly string[]): RedisStoreError {
  const remedy = 'grant them, as the rule in docs/login-revocation.md does'
  return new RedisStoreError('denied', `The ACL user lacks these rights: ${missing.join(' ')}; ${remedy}`)
}

/** The words of a command on a key that does not exist. */
function trialOf(name: string, words: string, key: string): readonly string[] {
  // A script is one word, although it contains a space.
  if (name === 'eval') return ['EVAL', 'return 1', '0']
  const commandArguments = words === '' ? [] : words.split(' ')
  return [name.toUpperCase(), ...commandArguments.map((word) => (word === 'KEY' ? key : word))]
}

/** Which right the user lacks; null if the ACL does not refuse the command. An outage is thrown. */
async function refusalOf(trial: Promise<unknown>): Promise<'command' | 'key' | null> {
  try {
    await trial
    return null
  } catch (error) {
    const { reason } = toStoreError(error)
    if (reason === 'unreachable' || reason === 'timeout' || !(error instanceof Error)) throw error
    const isRefused = error.message.startsWith('NOPERM')
    // The login itself failed, so nothing is known about the rights.
    if (reason === 'denied' && !isRefused) throw error
    if (!isRefused) return null
    return /permissions to run /.test(error.message) ? 'command' : 'key'
  }
}
