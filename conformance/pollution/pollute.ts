const ofEachType: readonly unknown[] = [true, false, null, 'GET', () => 'polluted', {}, []]
let turn = 0

/**
 * The values that an attacker would choose for a name, and some of other types, which depend on the name: one, or every
 * third with `all`.
 */
export function valuesFor(name: string, all: boolean): readonly unknown[] {
  const chosen = Object.hasOwn(attacks, name) ? (attacks[name] ?? []) : []
  turn++
  return [...chosen, ...ofEachType.filter((_value, index) => (index + turn) % (all ? 3 : 7) === 0)]
}

const evilUrl = 'https://attacker.example/keys'

const attacks: Readonly<Record<string, readonly unknown[]>> = {
  auth: [null, false, { roles: ['admin'] }],
  config: [{ auth: null }],
  kid: ['polluted-kid'],
  alg: ['none'],
  scope: ['admin'],
  roles: [['admin']],
  admin: ['yes'],
  jwksUrl: [evilUrl],
  jwks_uri: [evilUrl],
  origins: [['https://attacker.example'], new Set(['https://attacker.example'])],
  header: ['x-attacker'],
  headers: [{ authorization: 'Bearer x' }],
  rawHeaders: [['authorization', 'a', 'Authorization', 'b']],
  publicKey: ['-----BEGIN PUBLIC KEY-----'],
  secret: ['a secret of the attacker that is long enough to be one'],
  kind: ['role'],
  anyOf: [['user']],
  allOf: [['read']],
  method: ['HEAD'],
  exp: [9_999_999_999],
  iss: ['https://attacker.example'],
  aud: ['https://api.example'],
  now: [() => 0],
  mode: ['optional'],
  onError: ['forward'],
  ttl: [1],
  max: [1],
  maxSize: [1],
  size: [1e9],
  padding: [1],
  saltLength: [0],
  dsaEncoding: ['ieee-p1363'],
  modulusLength: [4096],
  status: [{}],
  publicCode: ['polluted'],
  word: ['user'],
  includes: ['user'],
}

/** Runs a function while every object seems to have this property. */
export async function polluted<T>(name: string, value: unknown, run: () => Promise<T>): Promise<T> {
  Reflect.set(Object.prototype, name, value)
  try {
    return await run()
  } finally {
    Reflect.deleteProperty(Object.prototype, name)
  }
}

/** A short form of a value for a report. */
export function shown(value: unknown): string {
  if (value instanceof Set) return 'a Set'
  return typeof value === 'function' ? 'a function' : JSON.stringify(value)
}
