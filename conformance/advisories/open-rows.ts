/** A row of the list whose part is not built. */
export interface OpenRow {
  readonly title: string
  /** What must be built before the row can be tested whole. */
  readonly part: string
  /** What the row asks of the parts that are there is tested: where nothing else, that they refuse. */
  readonly isTestedInPart?: true
}

/** What is open, by row. A row leaves when its part is there and its test with it. */
export const openRows: Readonly<Record<number, OpenRow>> = {
  37: { title: '#244 (express-oauth2-jwt-bearer)', part: 'DPoP: htu from the configured origin' },
  43: { title: 'CVE-2019-10157 (keycloak-connect)', part: 'logout: a logout token is verified first' },
  53: {
    title: 'GHSA-w48q-cv73-mx4w, CVE-2026-0621 (MCP SDK)',
    part: 'a check of Host against DNS rebinding',
    isTestedInPart: true,
  },
}
