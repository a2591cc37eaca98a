/** The part of a request that is read. Node's IncomingMessage and the Fetch Request both have it. */
export interface RequestLike {
  /** `null` when there are none, as in some events of AWS Lambda. */
  readonly headers: Headers | Readonly<Record<string, string | string[] | undefined>> | null
  /** Node keeps only the first of two Authorization lines in `headers`; these tell. */
  readonly rawHeaders?: readonly string[] | undefined
  /** Where it is not known, a request by cookie is taken for one that acts. */
  readonly method?: string | undefined
  /** For logs; it may be relative. Decisions never depend on it. */
  readonly url?: string | undefined
  /** For logs: the URL before a router removed its mount path from `url`, as Express does. */
  readonly originalUrl?: string | undefined
}
