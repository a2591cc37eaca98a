import { readdirSync, readFileSync } from 'node:fs'
import { createIssuer, generateKeys } from '@claimcheck/issuer'
import { createClient } from 'redis'
import type { RedisClientType } from 'redis'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { loadStores, openStores } from './open-stores.ts'
import { RedisServer, withRedis } from './redis-server.ts'
import { inAnHour, issuer, waitOptions, revoke, statusOf } from './token-status.ts'

const guide = readFileSync(new URL('../../../docs/login-revocation.md', import.meta.url), 'utf8')
const granted = Array.from(guide.matchAll(/^ACL SETUSER claimcheck (.+)$/gm), ([, rule = '']) => rule)
const rights = granted.flatMap((rule) => rule.split(' '))
const commands = rights.filter((right) => right.startsWith('+'))
const everyKey = '~claimcheck:*'

/** Every command that the scripts of the stores call. */
function commandsInScripts(): readonly string[] {
  const sources = new URL('../src/', import.meta.url)
  const files = readdirSync(sources, { recursive: true }).map(String)
  const texts = files.filter((name) => name.endsWith('.ts')).map((name) => readFileSync(new URL(name, sources), 'utf8'))
  const called = texts.flatMap((text) => Array.from(text.matchAll(/redis\.p?call\('(\w+)'/g), ([, name = '']) => name))
  return [...new Set(called)].map((name) => `+${name.toLowerCase()}`)
}

describe('the rights of the ACL user', withRedis, () => {
  let server: RedisServer
  let admin: RedisClientType

  beforeAll(async () => {
    server = await RedisServer.start()
    admin = createClient(server.address) as RedisClientType
    await admin.connect()
  })
  afterAll(async () => {
    admin.destroy()
    await server.stop()
  })

  const user = { username: 'claimcheck', password: 'a-long-password' }
  const grant = (rules: readonly string[]) =>
    admin.sendCommand(['ACL', 'SETUSER', user.username, 'reset', 'on', ...rules])
  const open = (options = {}) => openStores({ ...server.address, ...user }, options)
  const load = (options = {}) => loadStores({ ...server.address, ...user }, options)

  it('needs no more rights than the rule in the guide grants, also after a loss', async () => {
    await grant(rights)
    await admin.sendCommand(['ACL', 'LOG', 'RESET'])
    const [one, other] = await Promise.all([load(), load()])
    const keys = await generateKeys('ES256')
    const { sessions: store, revocations: revocation } = one
    const login = createIssuer({ issuer, audience: 'api', clientId: 'web', keys, store, revocation })
    const { refreshToken } = await login.login({ sub: 'john' })
    const refreshed = await login.refresh(refreshToken)
    await login.logoutAll('john')
    await expect(login.refresh(refreshed.refreshToken ?? '')).rejects.toMatchObject({ reason: 'ended' })
    expect(await other.oneTimeValues.addIfAbsent('v', inAnHour())).toBe(true)
    await admin.flushAll()
    await vi.waitFor(() => expect(other.state().lossDetectedAt).not.toBeNull(), waitOptions)
    await revoke(one, 'j1')
    expect(statusOf(await load(), 'j1')).toBe(true)
    expect(await admin.sendCommand(['ACL', 'LOG'])).toEqual([])
  })

  it('uses no command in scripts that the rule in the guide does not grant', () => {
    expect(commandsInScripts().filter((command) => !commands.includes(command))).toEqual([])
  })

  // Every user can call HELLO.
  it.each(commands.filter((command) => command !== '+hello'))(
    'reports at the start that the user lacks %s',
    async (command) => {
      await grant(rights.filter((right) => right !== command))
      const one = open()
      const error = await one.ready().then(String, (reason: unknown) => reason)
      expect(error).toMatchObject({ reason: 'denied', message: expect.stringMatching(/docs\/login-revocation\.md/) })
      expect(String(error).match(/[+~][^\s;]+/g)).toEqual([command])
      expect(one.state()).toMatchObject({ isReady: false, problem: expect.stringContaining(command) })
      expect(statusOf(one, 'j1')).toBe('denied')
    },
  )

  it('reports all missing rights in one error at the start', async () => {
    const missing = ['+evalsha', '+hset', '+wait', '+xread', '+zscan']
    const some = rights.filter((right) => !missing.includes(right) && right !== everyKey)
    await grant([...some, '~claimcheck:{revocations}:*', '~claimcheck:family:*'])
    const error = await open()
      .ready()
      .then(String, (reason: unknown) => reason)
    expect(
      String(error)
        .match(/[+~][^\s;]+/g)
        ?.toSorted(),
    ).toEqual([...missing, '~<prefix>:once:*', '~<prefix>:subject:*'])
  })

  it('reports at the start that the user can read keys but not write them', async () => {
    await grant([...rights.filter((right) => right !== everyKey), '%R~claimcheck:*'])
    const error = await open()
      .ready()
      .then(String, (reason: unknown) => reason)
    expect(String(error).match(/~[^\s;]+/g)).toHaveLength(4)
  })

  it('starts as soon as the missing right is granted', async () => {
    await grant(rights.filter((right) => right !== '+xread'))
    const one = open()
    await expect(one.ready()).rejects.toMatchObject({ reason: 'denied' })
    await grant(rights)
    await one.ready()
    expect(one.state().problem).toBeNull()
  })

  it('reports a right that is removed later as denied, also inside scripts', async () => {
    await grant(rights)
    const { revocations, sessions, oneTimeValues } = await load()
    const session = {
      issuer,
      sid: 's',
      sub: 'u',
      claims: '{}',
      label: null,
      device: null,
      createdAt: 0,
      refreshedAt: 0,
      expiresAt: 60,
      accessTokensExpireAt: 60,
    }
    const hashes = { family: 'f', token: 't' }
    const creation = { session, hashes, idleSeconds: 60, maxPerSubject: 9, tombstoneSeconds: 60 }
    await grant(rights.filter((right) => !['+zadd', '+hset', '+set'].includes(right)))
    const denied = { reason: 'denied', message: expect.stringContaining('docs/login-revocation.md') }
    await expect(revocations.revokeToken({ issuer, jti: 'j', until: inAnHour() })).rejects.toMatchObject(denied)
    await expect(sessions.begin(creation)).rejects.toMatchObject(denied)
    await expect(oneTimeValues.addIfAbsent('w', inAnHour())).rejects.toMatchObject(denied)
    await grant(rights.filter((right) => right !== everyKey))
    await expect(sessions.begin(creation)).rejects.toMatchObject(denied)
    await expect(oneTimeValues.addIfAbsent('w', inAnHour())).rejects.toMatchObject(denied)
  })

  it('checks the rights without creating or changing a key', async () => {
    await admin.flushAll()
    await admin.set('claimcheck:other', 'x')
    await grant(rights)
    await load()
    expect((await admin.keys('*')).toSorted()).toEqual([
      'claimcheck:other',
      'claimcheck:{revocations}:generation',
      'claimcheck:{revocations}:head',
    ])
  })
})
