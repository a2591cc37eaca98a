import { createServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import type { AppSpec, RunningApp } from '@claimcheck/testing/adapter'

/** A server of the contract, with the limits of node:http that other suites ask for. */
export interface ServedApp extends AppSpec {
  /** How long the head of a request may be. @default Node's, 16 KiB */
  readonly maxHeaderBytes?: number
}

/** An adapter in its framework, under the name that its tests bear. */
export interface Target {
  readonly name: string
  readonly stacks: boolean
  readonly guardsAlone: boolean
  /** Rejects where the adapter refuses to start. */
  start(app: ServedApp): Promise<RunningApp>
}

/** A server for an application, with the limits that are Node's to set. */
export function serverOf(listener: RequestListener, { maxHeaderBytes }: ServedApp): Server {
  return createServer(maxHeaderBytes === undefined ? {} : { maxHeaderSize: maxHeaderBytes }, listener)
}
