/** The switch of the identity provider. While it is down, its metadata and keys cannot be fetched. */
export interface Provider {
  isUp: boolean
}
