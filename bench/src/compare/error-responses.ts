import { ContenderServer } from '../http/contender-server.ts'
import { TokenSource } from '../http/token-supply.ts'
import { serverHeaders } from '../flood/run-flood.ts'
import type { RunMode } from '../lib/run-mode.ts'
import { expired } from '../tokens/bench-tokens.ts'
import { packageNames, packages } from './packages.ts'
import type { PackageName } from './packages.ts'

/** What a client receives for an expired token, without the headers that a Node server adds to every response. */
export interface ErrorFigures {
  readonly package: PackageName
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** jose sends no response: what the client receives is the code of the application. */
export const respondingPackages = packageNames.filter((name) => name !== 'jose by hand')

/** Sends an expired token to the server of every package. The application has no error handler. */
export async function runErrors(mode: RunMode): Promise<readonly ErrorFigures[]> {
  const source = await TokenSource.start()
  try {
    const { issuer, terms } = source.issue('RS256', 1)
    const token = expired(issuer, 0)
    const figures: ErrorFigures[] = []
    for (const contender of respondingPackages) {
      const { framework } = packages[contender]
      const setup = { framework, contender, terms: { ...terms, frameworkSendsErrors: true } }
      const server = await ContenderServer.start(setup, mode)
      const authorization = `Bearer ${token}`
      const response = await fetch(`http://127.0.0.1:${server.port}/`, {
        headers: { authorization },
        redirect: 'manual',
      })
      const headers = Object.fromEntries([...response.headers].filter(([name]) => !serverHeaders.includes(name)))
      figures.push({ package: contender, status: response.status, headers, body: await response.text() })
      await server.stop()
    }
    return figures
  } finally {
    await source.close()
  }
}

/** The bytes of the headers, each with its colon and its end of line. */
export function headerBytes({ headers }: ErrorFigures): number {
  return Object.entries(headers).reduce((sum, [name, value]) => sum + Buffer.byteLength(`${name}: ${value}\r\n`), 0)
}
