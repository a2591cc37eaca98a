/** What is done where the corpus leaves a choice, or reads otherwise than the product's own rules. */
export interface Decision {
  readonly takes: 'accept' | 'reject' | 'reject-config'
  /** @default those of the case */
  readonly statuses?: readonly number[]
  readonly because: string
}

/** Cases of two right answers where the preferred one is not given, or is given in another way than the corpus has it. */
export const decisions: Readonly<Record<string, Decision>> = {
  'FWK-05': {
    takes: 'accept',
    because:
      'Fastify plugins protect the scope that they are registered in, and nothing is matched by path: a route beside it ' +
      'is public by its place. A guard on such a route fails visibly (500) and never opens.',
  },
  'KEY-09': {
    takes: 'accept',
    because:
      "Keys are the issuer's choice, and no JavaScript library looks for the ROCA fingerprint; what is checked is size, " +
      'exponent, use and algorithm.',
  },
  'REGEX-03': {
    takes: 'reject-config',
    because: 'Issuers are matched exactly: a RegExp is refused at start-up, so no unanchored one can let anybody in.',
  },
  'REV-04': {
    takes: 'reject',
    statuses: [503],
    because:
      'An answer that is no boolean is an outage of the revocation hook: 503, so that no caller is blamed and nobody is let in.',
  },
}

/** Cases that a plain Error answers: the application is wired wrongly, and its framework says so with a 500. */
export const plainErrors: ReadonlySet<string> = new Set(['AUTHZ-23'])

/** How a case is read where its recipe leaves something open. */
export const readings: Readonly<Record<string, string>> = {
  'AUTHZ-23':
    "A guard without the middleware is a mistake of the application: it fails with a 500, and never opens. A policy that is data on a route of Fastify's is no guard, and is read by the middleware alone.",
  'JWKS-19':
    'The set changes 31 seconds after it was fetched: an unknown key may cause a fetch every 30 seconds, so that forged names cause no storm.',
  'TIME-28':
    "The token is verified while the clock is an hour behind; when the clock is put right, the token's time is over and it is refused.",
  'JWKS-27':
    'A host name leads to this machine, where somebody else serves good keys by https: the certificate is refused, 503.',
  'KEY-08': "Wycheproof's issuer has no slash at its end and its tokens no typ: the settings are those of its tokens.",
  'KEY-09': 'Read as KEY-08.',
  'MISS-07': 'The keys of both issuers would have to be fetched, so that a fetch for an unknown one is seen.',
}
