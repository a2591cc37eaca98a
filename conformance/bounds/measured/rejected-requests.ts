// Sends this many requests with invalid tokens to a server of each framework, and reports what is retained of them.
import { createAuth } from '@claimcheck/core'
import { RawConnection } from '@claimcheck/testing/contract/raw-client'
import type { Mount, RunningApp } from '@claimcheck/testing/adapter'
import { hmacOptions, nowSeconds } from '../../src/hmac-issuer.ts'
import type { Target } from '../../src/target.ts'
import { loadTargets } from '../../src/targets.ts'
import { count, countInHeap, heapBytes, report } from './heap.ts'
import { markedToken, marks, unsignedMarkedToken } from './marked-tokens.ts'

const tokens: readonly ((index: number) => string)[] = [
  unsignedMarkedToken,
  (index) => markedToken(index, { exp: nowSeconds - 600 }),
  (index) => markedToken(index, { aud: 'https://other.example' }),
]

/** A rejected request ends in the middleware, or continues to the handler with its error. */
const modes = ['required', 'attempt'] as const

async function reject(port: number, from: number, to: number): Promise<void> {
  const connection = await RawConnection.open(port)
  for (let index = from; index < to; index++) {
    const token = tokens[index % tokens.length]?.(index) ?? ''
    const { body } = await connection.sendRequest({ headers: [['Authorization', `Bearer ${token}`]] })
    if (!/invalid|expired|audience/.test(body.toString())) throw new Error('It was not rejected')
  }
  connection.destroy()
}

function start(target: Target, mode: NonNullable<Mount['mode']>): Promise<RunningApp> {
  return target.start({
    mounts: [{ auth: createAuth(hmacOptions), mode }],
    routes: [{ method: 'GET', path: '/', guards: [], handler: (caller) => caller.error()?.code ?? 'none' }],
  })
}

const targets = await loadTargets()
const apps = await Promise.all(targets.flatMap((target) => modes.map((mode) => start(target, mode))))
for (const { port } of apps) await reject(port, 0, 100)
const before = await heapBytes()
for (const { port } of apps) await reject(port, 100, 100 + count)
const grown = (await heapBytes()) - before
// The servers are still running here, so that what they retain is measured.
const retained = await countInHeap(marks)
await Promise.all(apps.map(({ close }) => close()))
report({ grown, retained })
