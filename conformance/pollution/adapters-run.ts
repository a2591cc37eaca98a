import type { Server } from 'node:http'
import { pollutableNames } from './names.ts'
import { polluted, shown, valuesFor } from './pollute.ts'
import { report } from './report.ts'
import { frameworks, requests } from './servers.ts'
import { Wire } from './wire.ts'

/**
 * Runs the servers of the named frameworks with each name added to `Object.prototype`, and prints the changed
 * responses. Names with which the server without claimcheck changes its response too cannot be compared.
 */
const all = process.argv.includes('all')
const heads = requests(all)
let crash = ''
process.on('uncaughtException', (error) => (crash = String(error)))
process.on('unhandledRejection', (reason) => (crash = String(reason)))

type Responses = readonly (readonly [string, string])[]

async function responsesOf(wire: Wire): Promise<Responses> {
  const responses: [string, string][] = []
  for (const [name, head] of heads) responses.push([name, await wire.send(head)])
  return responses
}

const isSame = (one: Responses, other: Responses) => one.every(([, response], index) => response === other[index]?.[1])

async function pollutedResponses(wire: Wire, name: string, value: unknown): Promise<Responses> {
  await wire.open()
  crash = ''
  const responses = await polluted(name, value, () => responsesOf(wire))
  return crash === '' ? responses : [['crash', crash]]
}

/** Repeats a request with an unexpected response, which may be a timeout on a busy host. */
async function twice(send: () => Promise<Responses>, expected: Responses): Promise<Responses> {
  const responses = await send()
  return isSame(responses, expected) ? responses : send()
}

/** How long a server may take to start. */
const startMilliseconds = 1000

/** The responses of a server that is created while a name is polluted. The connection is opened before that. */
async function responsesOfNew(make: () => Promise<Server>, name: string, value: unknown): Promise<Responses> {
  crash = ''
  let server: Server | null = null
  try {
    const late = new Promise<never>((_resolve, reject) => {
      setTimeout(() => reject(new Error('It did not start in time')), startMilliseconds).unref()
    })
    server = await Promise.race([polluted(name, value, make), late])
    const wire = new Wire(server)
    const responses = await pollutedResponses(wire, name, value)
    wire.close()
    return responses
  } catch (error) {
    return [['start', String(error)]]
  } finally {
    server?.close()
  }
}

for (const { name: framework, serve, serveControl } of frameworks) {
  if (!process.argv.includes(framework)) continue
  const [served, control] = [new Wire(await serve()), new Wire(await serveControl())]
  await Promise.all([served.open(), control.open()])
  const [expected, plain] = [await responsesOf(served), await responsesOf(control)]
  for (const name of pollutableNames()) {
    for (const value of valuesFor(name, all)) {
      const where = `${framework}: ${name} = ${shown(value)}`
      if (!isSame(await pollutedResponses(control, name, value), plain)) report.exclude(where)
      else
        report.compare(
          `${where}, after the start`,
          expected,
          await twice(() => pollutedResponses(served, name, value), expected),
        )
      if (!all) continue
      if (!isSame(await responsesOfNew(serveControl, name, value), plain)) report.exclude(`${where}, before the start`)
      else
        report.compare(
          `${where}, before the start`,
          expected,
          await twice(() => responsesOfNew(serve, name, value), expected),
        )
    }
  }
  served.close()
  control.close()
}
report.print()
process.exit()
