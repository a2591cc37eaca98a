/** Cases that wait for a part of the product, or for one that will never be. */
export interface NotBuilt {
  readonly part: string
  readonly because: string
  readonly ids: readonly string[]
}

/** Every case that is not run. The list may only shrink: who builds a part takes its cases off. */
export const notBuilt: readonly NotBuilt[] = [
  {
    part: 'DPoP',
    because: 'proofs of possession (RFC 9449) are not checked yet; until then a bound token is refused (DPOP-56)',
    ids: words(`
      DPOP-02 DPOP-03 DPOP-05 DPOP-06 DPOP-08 DPOP-10 DPOP-11 DPOP-13 DPOP-15 DPOP-16 DPOP-18
      DPOP-22 DPOP-23 DPOP-25 DPOP-27 DPOP-28 DPOP-31 DPOP-32 DPOP-33 DPOP-34 DPOP-35 DPOP-38
      DPOP-39 DPOP-40 DPOP-41 DPOP-42 DPOP-45 DPOP-46 DPOP-47 DPOP-48 DPOP-51 DPOP-52 DPOP-55
      DPOP-58 FWK-03
    `),
  },
  {
    part: 'mTLS',
    because: 'client certificates (RFC 8705) are not checked yet; until then a bound token is refused (MTLS-11)',
    ids: ['MTLS-01', 'MTLS-04', 'MTLS-05', 'MTLS-06', 'MTLS-07', 'MTLS-08'],
  },
  {
    part: 'Logout tokens',
    because: 'there is no endpoint for back-channel logout yet',
    ids: ['SET-01', 'SET-03', 'SET-04', 'SET-06', 'SET-08', 'SET-09', 'SET-10', 'SET-12', 'SET-13', 'SET-16', 'REV-07'],
  },
  {
    part: 'Comparison of secrets in a list',
    because:
      'never: no list holds a secret that a caller could guess at by time; revocations are by names, and refresh tokens by hashes',
    ids: ['SIDE-02'],
  },
  {
    part: 'Step-up',
    because: 'there is no guard on acr and auth_time that answers as RFC 9470 says yet',
    ids: ['AUTHZ-25'],
  },
  {
    part: 'Query and body',
    because: 'never: tokens in URLs and forms end in logs, so the setting that would ask for them is a ConfigError',
    ids: ['HTTP-23', 'HTTP-27'],
  },
  {
    part: 'Patterns',
    because: 'never: issuers are matched exactly, and a RegExp for one is a ConfigError (REGEX-03)',
    ids: ['REGEX-02'],
  },
]

const ids: ReadonlySet<string> = new Set(notBuilt.flatMap((part) => part.ids))

/** Whether a case is run. */
export function isBuilt(id: string): boolean {
  return !ids.has(id)
}

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/)
}
