/** What is read of a request. Node's IncomingMessage and the Fetch Request both fit. */
export interface RequestLike {
  /** `null` when there are none, as in some events of AWS Lambda. */
  readonly headers: Headers | Readonly<Record<string, string | string[] | undefined>> | null
  /** Node keeps only the first of two Authorization lines in `headers`; these tell. */
  readonly rawHeaders?: readonly string[] | undefined
  /** Where it is not known, a request by cookie is taken for one that acts. */
  readonly method?: string | undefined
}
