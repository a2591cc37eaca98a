import { constantFrom, oneof, tuple } from 'fast-check'
import type { Arbitrary } from 'fast-check'
import { arbitraryBytes, arbitraryToken } from './arbitrary-token.ts'

/** What may stand in an Authorization line: a scheme, something between, and something like a token; or anything. */
export const arbitraryCredentials: Arbitrary<string> = oneof(
  { weight: 4, arbitrary: arbitraryToken.map((token) => `Bearer ${token}`) },
  tuple(
    constantFrom('Bearer', 'bearer', 'BEARER', 'Basic', 'Bearer:', '\tBearer', 'Béarer', ''),
    constantFrom(' ', '   ', '\t', '', '=', ', ', '\u00A0'),
    arbitraryToken,
  ).map((words) => words.join('')),
  arbitraryBytes,
)
