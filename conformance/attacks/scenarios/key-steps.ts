import { gzipSync } from 'node:zlib'
import { mock } from 'node:test'
import { json, redirect, silence } from '../../providers/behaviours.ts'
import type { Behaviour } from '../../providers/hostile-key-server.ts'
import { minute, second } from '../../providers/moving-clock.ts'
import { until } from '../../providers/outcome.ts'
import type { Jwk } from '../corpus/load-corpus.ts'
import type { StepOf } from '../corpus/scenario-step.ts'
import { EndlessBody } from './endless-body.ts'
import { ReboundHost } from './rebound-host.ts'
import type { Steps } from './steps.ts'
import type { ScenarioContext } from './world.ts'

type ServeStep = StepOf<'serve-jwks'>

/** How long an unknown key waits until the set is fetched again on its account. */
const cooldownSeconds = 30
const mebibyte = 2 ** 20
/** What may be under way, in buffers of both ends, when a client hangs up at its limit. */
const mayBeUnderWay = 20 * mebibyte

/** Steps that say where keys come from, and what comes instead. */
export const keySteps = {
  'serve-jwks': takeServing,
  rotate: takeRotation,
  discovery: takeDiscovery,
} satisfies Partial<Steps>

/** Serves the keys as the step says. */
async function takeServing(step: ServeStep, world: ScenarioContext): Promise<void> {
  if (step.keys !== undefined) serveKeys(step.keys, world)
  else if (step.body !== undefined) world.serve(json(withKey(step.body, world.publicJwk(step.plus ?? 'rsa-1'))))
  else if (step.redirect !== undefined) world.serve(redirect(302, step.redirect, goodSet(world)))
  else if (step.gzipBombMiB !== undefined) world.serve(gzipBomb(step.gzipBombMiB, world))
  else if (step.bodyBytes !== undefined) await serveLongBody(step, world)
  else if (step.delayMs !== undefined) await serveNothing(step.delayMs, world)
  else if (step.dnsRebind === true) await new ReboundHost(world.shelf.ring).serve(goodSet(world), world)
}

/** The set is another now; who has the last one, and may ask again, finds that out once. */
async function takeRotation({ to }: StepOf<'rotate'>, world: ScenarioContext): Promise<void> {
  await world.expectControl({ token: world.shelf.named('good') }, 200)
  world.serve(json({ keys: [world.publicJwk(to)] }))
  world.clock.time += (cooldownSeconds + 1) * second
}

/** An issuer whose metadata are wrong in one way; right metadata are taken. */
async function takeDiscovery(step: StepOf<'discovery'>, world: ScenarioContext): Promise<void> {
  world.leftOut.add('keys')
  const { keyServer, canary } = world.arena
  const issuer = keyServer.origin + world.path
  const metadataPath = `${world.path}/.well-known/openid-configuration`
  const metadata = { issuer, jwks_uri: keyServer.at(`${world.path}/jwks`, json(goodSet(world))) }
  keyServer.at(metadataPath, json(metadata))
  world.changes = { issuer }
  const token = world.shelf.withClaims({ iss: issuer })
  await world.expectControl({ token }, 200)
  await world.close()
  const wrong = {
    issuer: step.issuerInDocument ?? issuer,
    jwks_uri: step.jwks_uri?.replace('${CANARY_PORT}', String(canary.port)) ?? metadata.jwks_uri,
  }
  keyServer.at(metadataPath, json(wrong))
  world.impliedToken = token
}

function goodSet(world: ScenarioContext) {
  return { keys: [world.publicJwk('rsa-1')] }
}

/** `rsa-1`, `attacker-rsa as kid rsa-1`, `rsa-1 use=enc`, or a group of Wycheproof's with its own issuer. */
function serveKeys(written: readonly string[], world: ScenarioContext): void {
  const keys = written.map((text) => keyOf(text, world))
  world.serve(json({ keys }))
  if (!written.some((text) => text.startsWith('wycheproof '))) return
  world.leftOut.add('typ')
  world.changes = { ...world.changes, issuer: 'https://issuer.example' }
}

function keyOf(text: string, world: ScenarioContext): Jwk {
  const [, group] = /^wycheproof (\S+)$/.exec(text) ?? []
  if (group !== undefined) {
    const { key, token } = world.shelf.wycheproof(group)
    world.impliedToken = token
    return key
  }
  const [, name = '', kid, member, value = ''] = /^(\S+)(?: as kid (\S+))?(?: (\w+)=(.+))?$/.exec(text) ?? []
  const jwk = world.publicJwk(name)
  if (kid !== undefined) return { ...jwk, kid }
  return member === undefined ? jwk : { ...jwk, [member]: value.startsWith('[') ? JSON.parse(value) : value }
}

/** The text of a set, with a good key put into it; parsed and printed, so that `__proto__` stays a member. */
function withKey(text: string, key: Jwk): unknown {
  const set = JSON.parse(text) as { readonly keys: unknown[] }
  set.keys.push(key)
  return set
}

const bombs = new Map<number, Buffer>()

/** A good set behind so many blanks, which compress to nearly nothing: it would do, were it read to its end. */
function gzipBomb(mebibytes: number, world: ScenarioContext): Behaviour {
  const set = JSON.stringify(goodSet(world))
  const bomb = bombs.get(mebibytes) ?? gzipSync(`{${' '.repeat(mebibytes * mebibyte)}${set.slice(1)}`, { level: 1 })
  bombs.set(mebibytes, bomb)
  return (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb)
}

/** A body without end, announced as it is, in chunks, or as less than it is. */
async function serveLongBody({ bodyBytes = 0, contentLength }: ServeStep, world: ScenarioContext): Promise<void> {
  const token = world.shelf.named('good')
  const heads =
    contentLength === undefined ? [{ 'content-length': bodyBytes }] : [{}, { 'content-length': contentLength }]
  for (const head of heads) {
    const body = new EndlessBody(goodSet(world), bodyBytes)
    world.serve(body.behaviour(head))
    await world.ask({ token })
    await until(() => body.isOver)
    if (body.bytesSent > mayBeUnderWay) world.problems.push(`the server got rid of ${body.bytesSent} bytes`)
    await world.close()
  }
}

/** Five seconds is all that a key server is given, and nobody whose key is known waits for it. */
async function serveNothing(delayMs: number, world: ScenarioContext): Promise<void> {
  const token = world.shelf.named('good')
  world.serve(json(goodSet(world)))
  await world.expectControl({ token }, 200)
  world.serve(silence())
  world.clock.time += 11 * minute
  await world.expectControl({ token }, 200)
  await until(() => world.timesKeysAsked === 2)
  await world.close()
  const server = await world.server()
  // Timers stand still, the loopback does not.
  mock.timers.enable({ apis: ['setTimeout'] })
  try {
    const answering = server.ask({ token }).then((outcome) => world.outcomes.push(outcome))
    await until(() => world.timesKeysAsked === 3)
    mock.timers.tick(Math.min(delayMs, 5 * second))
    await until(() => world.outcomes.length > 0)
    await answering
  } finally {
    mock.timers.reset()
  }
}
