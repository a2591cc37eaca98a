/** Where messages are published for whoever subscribed; what nobody subscribed to is not even made. */
export interface Channel {
  readonly hasSubscribers: boolean
  publish(message: unknown): void
}
