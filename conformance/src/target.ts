import { createServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import type { AppSpec, RunningApp } from '@claimcheck/testing/adapter'

/** A server of the adapter contract, with the limits of node:http that other suites need. */
export interface ServedApp extends AppSpec {
  /** The maximum length of the request headers. @default Node's, 16 KiB */
  readonly maxHeaderBytes?: number
}

/** An adapter in its framework, with the name that its tests use. */
export interface Target {
  readonly name: string
  readonly stacks: boolean
  readonly guardsAlone: boolean
  /** Rejects if the adapter does not start. */
  start(app: ServedApp): Promise<RunningApp>
}

/** Creates a server with the limits of the specification. */
export function serverOf(listener: RequestListener, { maxHeaderBytes }: ServedApp): Server {
  return createServer(maxHeaderBytes === undefined ? {} : { maxHeaderSize: maxHeaderBytes }, listener)
}
