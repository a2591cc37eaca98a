import { createSessionStore } from '@claimcheck/issuer'
import { describe } from 'vitest'
import { sessionStoreContract } from './session-store-contract.ts'

describe('the embedded session store', () => {
  sessionStoreContract(() => createSessionStore())
})
