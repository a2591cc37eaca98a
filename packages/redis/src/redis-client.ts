/** How one command is sent. */
export interface CommandOptions {
  /** Types as the client has them by itself, whatever its user mapped them to. */
  readonly typeMapping?: object
  /** Takes the command back while it was not written yet. */
  readonly abortSignal?: AbortSignal
}

interface Commands {
  get(key: string): Promise<unknown>
  evalSha(sha: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
  xRead(stream: { key: string; id: string }, options: { BLOCK: number; COUNT: number }): Promise<unknown>
  zScan(key: string, cursor: string, options: { COUNT: number }): Promise<unknown>
}

/** Commands in a given manner. */
export interface CommandClient extends Commands {
  sendCommand(...given: never[]): Promise<unknown>
}

/**
 * What is asked of a client of the package `redis`: one of `createClient` or `createCluster`, version 5 or 6, or one of
 * `createSentinel`, version 6: that of version 5 cannot be duplicated. TLS, users, passwords, time-outs and where it connects to are its own.
 */
export interface RedisClient extends CommandClient {
  readonly isOpen: boolean
  /** Whether commands are sent at once; a cluster does not say so. */
  readonly isReady?: boolean
  withCommandOptions(options: CommandOptions): CommandClient
  duplicate(overrides?: object): RedisClient
  connect(): Promise<unknown>
  close(): unknown
  destroy(): unknown
  on(event: 'error', listener: (error: unknown) => void): unknown
}
