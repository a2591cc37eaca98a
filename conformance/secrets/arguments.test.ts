import { createPrivateKey, createSecretKey, generateKeyPairSync } from 'node:crypto'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { argumentCalls } from './argument-calls.ts'
import { canaryOf, leaksIn } from './canary.ts'
import type { Canary } from './canary.ts'
import { viewsOfCauses, viewsOfError } from './views.ts'

const secret = canaryOf('an argument')
const { text } = secret
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const jwk = privateKey.export({ format: 'jwk' })
const body: Canary = { name: 'a private key', text: pem.replaceAll(/-----[A-Z ]+-----|\n/g, '').slice(60) }
const member: Canary = { name: 'a private number', text: jwk.d ?? '' }

/** A secret in every form that could be passed by mistake. */
const values: readonly (readonly [string, unknown])[] = [
  ['a string', text],
  ['a string with a scheme', `${text}:${text}`],
  ['a URL', `https://user:${text}@keys.example/?key=${text}`],
  ['a URL of a host', `http://${text}.example/${text}`],
  ['PEM', pem],
  ['PEM under another label', pem.replaceAll('PRIVATE KEY', text.toUpperCase())],
  ['JSON', JSON.stringify({ k: text })],
  ['a token', `${text}.${text}.${text}`],
  ['a list', [text]],
  ['an object', { value: text }],
  ['a private JWK', { ...jwk }],
  ['bytes', Buffer.from(text)],
  ['a KeyObject', createSecretKey(Buffer.from(text))],
  ['a private KeyObject', createPrivateKey(pem)],
  ['a function', () => text],
  ['an Error', new Error(text)],
  ['a symbol', Symbol(text)],
]

async function errorOf(call: (value: never) => unknown, value: unknown): Promise<unknown> {
  try {
    await call(value as never)
    return null
  } catch (error) {
    return error
  }
}

const rejections: unknown[] = []
const note = (reason: unknown) => void rejections.push(reason)
beforeAll(() => void process.on('unhandledRejection', note))
afterAll(() => void process.off('unhandledRejection', note))

describe('no error contains a secret that was passed to', () => {
  it.each(argumentCalls.map(([name, call]) => ({ name, call })))('$name', async ({ call }) => {
    for (const [form, value] of values) {
      const error = await errorOf(call, value)
      if (error === null) continue
      if (!(error instanceof Error)) throw new TypeError(`What ${form} led to is not an error`)
      const views = [
        ...viewsOfError(error),
        ...viewsOfCauses(error),
        ['properties', inspect(Object.entries(error))] as const,
      ]
      const leaks = views.flatMap(([view, shown]) =>
        leaksIn(shown, [secret, body, member]).map((leak) => `${form}: ${leak} in ${view}`),
      )
      expect(leaks).toEqual([])
    }
  })
})
