import { gzipSync } from 'node:zlib'
import { mock } from 'node:test'
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { createServer, get } from 'node:https'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import type { FetchLike } from '@claimcheck/core'
import { json, redirect, silence } from '../../src/hostile-key-server.ts'
import type { Behaviour } from '../../src/hostile-key-server.ts'
import { minute, second } from '../../src/moving-clock.ts'
import { until } from '../../src/outcome.ts'
import type { Jwk } from '../corpus/load-corpus.ts'
import type { StepOf } from '../corpus/attack-case.ts'
import type { KeyRing } from '../tokens/key-ring.ts'
import type { ScenarioContext, Steps } from './scenario-context.ts'

type ServeStep = StepOf<'serve-jwks'>

/** How long an unknown key must wait before it can cause another fetch of the set. */
const cooldownSeconds = 30
const mebibyte = 2 ** 20
/** The bytes that can be in the buffers of both sides when a client disconnects at its limit. */
const maxBuffered = 20 * mebibyte

/** Steps that change the key server. */
export const keySteps = {
  'serve-jwks': runServingStep,
  rotate: runRotationStep,
  discovery: runDiscoveryStep,
} satisfies Partial<Steps>

/** Serves keys as the step describes. */
async function runServingStep(step: ServeStep, context: ScenarioContext): Promise<void> {
  if (step.keys !== undefined) serveKeys(step.keys, context)
  else if (step.body !== undefined) context.serve(json(withKey(step.body, context.publicJwk(step.plus ?? 'rsa-1'))))
  else if (step.redirect !== undefined) context.serve(redirect(302, step.redirect, goodSet(context)))
  else if (step.gzipBombMiB !== undefined) context.serve(gzipBomb(step.gzipBombMiB, context))
  else if (step.bodyBytes !== undefined) await serveLongBody(step, context)
  else if (step.delayMs !== undefined) await serveNothing(step.delayMs, context)
  else if (step.dnsRebind === true) await new ReboundHost(context.fixtures.ring).serve(goodSet(context), context)
}

/** Replaces the key set. The cooldown passes, so the new keys may be fetched once. */
async function runRotationStep({ to }: StepOf<'rotate'>, context: ScenarioContext): Promise<void> {
  await context.expectControl({ token: context.fixtures.named('good') }, 200)
  context.serve(json({ keys: [context.publicJwk(to)] }))
  context.clock.time += (cooldownSeconds + 1) * second
}

/** An issuer with one error in its metadata. Correct metadata is accepted. */
async function runDiscoveryStep(step: StepOf<'discovery'>, context: ScenarioContext): Promise<void> {
  context.omittedOptions.add('keys')
  const { keyServer, canary } = context.testBed
  const issuer = keyServer.origin + context.path
  const metadataPath = `${context.path}/.well-known/openid-configuration`
  const metadata = { issuer, jwks_uri: keyServer.at(`${context.path}/jwks`, json(goodSet(context))) }
  keyServer.at(metadataPath, json(metadata))
  context.overrides = { issuer }
  const token = context.fixtures.withClaims({ iss: issuer })
  await context.expectControl({ token }, 200)
  await context.close()
  const wrong = {
    issuer: step.issuerInDocument ?? issuer,
    jwks_uri: step.jwks_uri?.replace('${CANARY_PORT}', String(canary.port)) ?? metadata.jwks_uri,
  }
  keyServer.at(metadataPath, json(wrong))
  context.defaultToken = token
}

function goodSet(context: ScenarioContext) {
  return { keys: [context.publicJwk('rsa-1')] }
}

/** Parses `rsa-1`, `attacker-rsa as kid rsa-1`, `rsa-1 use=enc`, or a group of Wycheproof with its own issuer. */
function serveKeys(descriptions: readonly string[], context: ScenarioContext): void {
  const keys = descriptions.map((text) => keyOf(text, context))
  context.serve(json({ keys }))
  if (!descriptions.some((text) => text.startsWith('wycheproof '))) return
  context.omittedOptions.add('typ')
  context.overrides = { ...context.overrides, issuer: 'https://issuer.example' }
}

function keyOf(text: string, context: ScenarioContext): Jwk {
  const [, group] = /^wycheproof (\S+)$/.exec(text) ?? []
  if (group !== undefined) {
    const { key, token } = context.fixtures.wycheproof(group)
    context.defaultToken = token
    return key
  }
  const [, name = '', kid, member, value = ''] = /^(\S+)(?: as kid (\S+))?(?: (\w+)=(.+))?$/.exec(text) ?? []
  const jwk = context.publicJwk(name)
  if (kid !== undefined) return { ...jwk, kid }
  return member === undefined ? jwk : { ...jwk, [member]: value.startsWith('[') ? JSON.parse(value) : value }
}

/** Adds a valid key to the JSON of a set. Parsing and printing keeps `__proto__` a normal member. */
function withKey(text: string, key: Jwk): unknown {
  const set = JSON.parse(text) as { readonly keys: unknown[] }
  set.keys.push(key)
  return set
}

const bombs = new Map<number, Buffer>()

/**
 * A valid set after so many spaces that it compresses to almost nothing. It would be accepted if it were read to its
 * end.
 */
function gzipBomb(mebibytes: number, context: ScenarioContext): Behaviour {
  const set = JSON.stringify(goodSet(context))
  const bomb = bombs.get(mebibytes) ?? gzipSync(`{${' '.repeat(mebibytes * mebibyte)}${set.slice(1)}`, { level: 1 })
  bombs.set(mebibytes, bomb)
  return (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb)
}

/** A body without end: with its real length, in chunks, or with a length that is too small. */
async function serveLongBody({ bodyBytes = 0, contentLength }: ServeStep, context: ScenarioContext): Promise<void> {
  const token = context.fixtures.named('good')
  const heads =
    contentLength === undefined ? [{ 'content-length': bodyBytes }] : [{}, { 'content-length': contentLength }]
  for (const head of heads) {
    const body = new LongBody(goodSet(context), bodyBytes)
    context.serve(body.behaviour(head))
    await context.send({ token })
    await until(() => body.isClosed)
    if (body.bytesSent > maxBuffered) context.problems.push(`the client read ${body.bytesSent} bytes`)
    await context.close()
  }
}

/** Key servers have five seconds to respond. Requests signed with a cached key do not wait. */
async function serveNothing(delayMs: number, context: ScenarioContext): Promise<void> {
  const token = context.fixtures.named('good')
  context.serve(json(goodSet(context)))
  await context.expectControl({ token }, 200)
  context.serve(silence())
  context.clock.time += 11 * minute
  await context.expectControl({ token }, 200)
  await until(() => context.keyRequests === 2)
  await context.close()
  const server = await context.server()
  // Timers are mocked; the loopback connection is not.
  mock.timers.enable({ apis: ['setTimeout'] })
  try {
    const sending = server.send({ token }).then((outcome) => context.outcomes.push(outcome))
    await until(() => context.keyRequests === 3)
    mock.timers.tick(Math.min(delayMs, 5 * second))
    await until(() => context.outcomes.length > 0)
    await sending
  } finally {
    mock.timers.reset()
  }
}

const chunk = ' '.repeat(64 * 1024)

/** A JWK Set after so many spaces that it should not be read to its end. Counts the bytes that were sent. */
class LongBody {
  bytesSent = 0
  isClosed = false
  readonly #text: string
  readonly #bytes: number

  constructor(set: unknown, bytes: number) {
    this.#text = JSON.stringify(set).slice(1)
    this.#bytes = bytes
  }

  /** Without a length, it is sent in chunks. With a length that is too small, the remaining bytes are sent anyway. */
  behaviour(head: OutgoingHttpHeaders): Behaviour {
    return (response) => {
      response.on('close', () => (this.isClosed = true))
      const length = head['content-length']
      if (length !== undefined && length !== this.#bytes) {
        // Node would stop at the announced length.
        response.socket?.write(`HTTP/1.1 200 OK\r\nContent-Length: ${String(length)}\r\n\r\n{`)
        this.#pour(response)
        return
      }
      response.writeHead(200, head).write('{')
      this.#pour(response)
    }
  }

  #pour(response: ServerResponse): void {
    const { socket } = response
    if (socket === null || socket.destroyed) return
    const isRaw = !response.headersSent
    while (this.bytesSent < this.#bytes) {
      this.bytesSent += chunk.length
      const isReady = isRaw ? socket.write(chunk) : response.write(chunk)
      if (isReady) continue
      socket.once('drain', () => this.#pour(response))
      return
    }
    if (isRaw) socket.end(this.#text)
    else response.end(this.#text)
  }
}

/**
 * A host name that resolves to localhost, where another server serves keys over HTTPS. Only its certificate reveals
 * that it is the wrong server.
 */
class ReboundHost {
  readonly #ring: KeyRing

  constructor(ring: KeyRing) {
    this.#ring = ring
  }

  async serve(set: unknown, context: ScenarioContext): Promise<void> {
    const key = this.#ring.privateKey('rsa-1').export({ type: 'pkcs8', format: 'pem' })
    const server = createServer({ key, cert: this.#ring.certificate('rsa-1') }, (_request, response) => {
      response.end(JSON.stringify(set))
    })
    server.on('tlsClientError', () => undefined)
    server.listen(0, '127.0.0.1').unref()
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    context.overrides = { keys: { jwksUrl: `https://keys.issuer.example:${port}/jwks` }, fetch: fetchRebound }
    context.onClose(() => server.close())
  }
}

/** Fetches like the platform, but every name resolves to localhost. */
const fetchRebound: FetchLike = async (url, { signal, headers }) => {
  const request = get(url, {
    signal,
    headers,
    lookup: (_name, { all }, callback) => {
      if (all === true) callback(null, [{ address: '127.0.0.1', family: 4 }])
      else callback(null, '127.0.0.1', 4)
    },
  })
  const [message] = (await once(request, 'response')) as [IncomingMessage]
  return new Response(Readable.toWeb(message), { status: message.statusCode ?? 500 })
}
