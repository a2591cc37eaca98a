/**
 * Each command that the stores send, themselves or in a script, with words that do no harm to an absent key: `KEY` stands for
 * one. Redis checks the rights of the user first, so what it says besides does not matter. The rule in docs/login-revocation.md
 * grants the same commands.
 */
export const requiredCommands: Readonly<Record<string, string>> = {
  client: 'ID',
  ping: '',
  info: 'memory',
  time: '',
  wait: '0 0',
  eval: '', // its words are in trialOf
  evalsha: '0000000000000000000000000000000000000000 0',
  get: 'KEY',
  set: 'KEY 0 XX',
  del: 'KEY',
  exists: 'KEY',
  pexpire: 'KEY 1000',
  hset: 'KEY a b c', // an odd number of words: not done
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

/** The words of a command on a key that does not exist. */
export function trialOf(name: string, words: string, key: string): readonly string[] {
  // A script is one word.
  if (name === 'eval') return ['EVAL', 'return 1', '0']
  const given = words === '' ? [] : words.split(' ')
  return [name.toUpperCase(), ...given.map((word) => (word === 'KEY' ? key : word))]
}
