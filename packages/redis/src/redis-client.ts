/** How commands are sent. */
export interface CommandOptions {
  /** Replaces the type mapping that the user set on the client. */
  readonly typeMapping?: object
  /** Cancels a command that has not been sent yet. */
  readonly abortSignal?: AbortSignal
}

interface Commands {
  get(key: string): Promise<unknown>
  evalSha(sha: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
  xRead(stream: { key: string; id: string }, options: { BLOCK: number; COUNT: number }): Promise<unknown>
  zScan(key: string, cursor: string, options: { COUNT: number }): Promise<unknown>
}

/** A client that sends commands with certain `CommandOptions`. */
export interface CommandClient extends Commands {
  sendCommand(...args: never[]): Promise<unknown>
}

/**
 * A client of the package `redis`: from `createClient` or `createCluster` of version 5 or 6, or from `createSentinel` of
 * version 6 (the one of version 5 cannot be duplicated). Its options determine TLS, user, password, time limits and hosts.
 */
export interface RedisClient extends CommandClient {
  readonly isOpen: boolean
  /** Whether commands are sent immediately; a cluster does not have this property. */
  readonly isReady?: boolean
  withCommandOptions(options: CommandOptions): CommandClient
  duplicate(overrides?: object): RedisClient
  connect(): Promise<unknown>
  close(): unknown
  destroy(): unknown
  on(event: 'error', listener: (error: unknown) => void): unknown
}
