import { createPublicKeyCheck } from '#platform'
import { vi } from 'vitest'
import type { MaybePromise } from '../src/lib/async.ts'
import type { SignatureCheck } from '../src/platform/signature-check.ts'

type ImportPublicKey = (...input: Parameters<typeof createPublicKeyCheck>) => MaybePromise<SignatureCheck>

/**
 * The import of public keys on the platform of the tests, for a test that mocks `#platform` with `spy: true`. Node imports
 * a key synchronously. On an edge runtime, an import whose request was cancelled never settles.
 */
export const importPublicKey = vi.mocked<ImportPublicKey>(createPublicKeyCheck)
