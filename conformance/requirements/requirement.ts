/** How strongly a document requires something: the key words of RFC 2119, or the level of a requirement of OWASP ASVS. */
export type Keyword = 'MUST' | 'MUST NOT' | 'SHOULD' | 'SHOULD NOT' | 'REQUIRED' | 'RECOMMENDED' | 'Level 1' | 'Level 2'

/** A test by the path of its file and its name. The name is that in the source, or that of one case of an `it.each`. */
export interface NamedTest {
  readonly file: string
  readonly name: string
}

/** A case of the attack corpus, by its id in `conformance/vectors/attacks.json`. */
export interface CorpusCase {
  readonly id: string
}

export type Evidence = NamedTest | CorpusCase

/** Whether claimcheck meets a requirement. One that is met has a test; any other has a reason, and can have tests. */
export type Outcome =
  | { readonly kind: 'met'; readonly text: string; readonly evidence: readonly [Evidence, ...Evidence[]] }
  | { readonly kind: 'not applicable' | 'not met'; readonly text: string; readonly evidence: readonly Evidence[] }

/** A requirement of a document, in our own words. */
export interface Requirement {
  readonly section: string
  readonly keyword: Keyword
  readonly text: string
  readonly outcome: Outcome
}

/** A document, and its requirements that concern a server that verifies tokens. */
export interface StandardsDocument {
  /** The heading of its section. */
  readonly name: string
  readonly title: string
  readonly url: string
  /** The date or revision of the text. */
  readonly edition: string
  /** What a reader must know before the table. */
  readonly note?: string
  readonly requirements: readonly Requirement[]
}

/** claimcheck meets the requirement; `text` says how. */
export function met(text: string, ...evidence: readonly [Evidence, ...Evidence[]]): Outcome {
  return { kind: 'met', text, evidence }
}

/** The requirement is for another party, or for a feature that does not exist here; `text` says why. */
export function notApplicable(text: string, ...evidence: readonly Evidence[]): Outcome {
  return { kind: 'not applicable', text, evidence }
}

/** claimcheck does not do this, or only in part; `text` says why. */
export function notMet(text: string, ...evidence: readonly Evidence[]): Outcome {
  return { kind: 'not met', text, evidence }
}

/** A test in a file of a folder: `inFolder('packages/core/test')('claims.test.ts', 'rejects a token without an iss')`. */
export function inFolder(folder: string) {
  return (file: string, name: string): NamedTest => ({ file: `${folder}/${file}`, name })
}

export function attack(id: string): CorpusCase {
  return { id }
}

export const core = inFolder('packages/core/test')
export const issuer = inFolder('packages/issuer/test')
export const contract = inFolder('packages/testing/src/contract')
export const advisory = inFolder('conformance/advisories')
export const conformance = inFolder('conformance')
