// Sends that many requests with refused tokens to each of the frameworks' servers, and tells what is held of them.
import { createAuth } from '@claimcheck/core'
import { hmacOptions, nowSeconds } from '../../properties/hmac-issuer.ts'
import { RawConnection } from '@claimcheck/testing/contract/raw-client'
import type { Mount } from '@claimcheck/testing/adapter'
import type { RunningApp } from '@claimcheck/testing/adapter'
import type { Target } from '../../src/target.ts'
import { loadTargets } from '../../src/targets.ts'
import { count, countInHeap, heldBytes, report } from './heap.ts'
import { markedToken, marks, unsignedMarkedToken } from './marked-tokens.ts'

const tokens: readonly ((index: number) => string)[] = [
  unsignedMarkedToken,
  (index) => markedToken(index, { exp: nowSeconds - 600 }),
  (index) => markedToken(index, { aud: 'https://other.example' }),
]

/** A refused request ends at the middleware, or goes on to the handler with what the middleware found out. */
const modes = ['required', 'attempt'] as const

async function refuse(port: number, from: number, to: number): Promise<void> {
  const connection = await RawConnection.open(port)
  for (let index = from; index < to; index++) {
    const token = tokens[index % tokens.length]?.(index) ?? ''
    const { body } = await connection.ask({ headers: [['Authorization', `Bearer ${token}`]] })
    if (!/invalid|expired|audience/.test(body.toString())) throw new Error('It was not refused')
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
for (const { port } of apps) await refuse(port, 0, 100)
const before = await heldBytes()
for (const { port } of apps) await refuse(port, 100, 100 + count)
const grown = (await heldBytes()) - before
// While all of them still serve: what goes with a server was held until then.
const held = await countInHeap(marks)
await Promise.all(apps.map(({ close }) => close()))
report({ grown, held })
