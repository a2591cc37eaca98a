import type { RegisteredPrincipal } from '@claimcheck/core'

declare global {
  // oxlint-disable-next-line typescript/no-namespace -- this is where Express looks for it
  namespace Express {
    interface Request {
      /** The verified caller; nothing where none was asked for, or where `mode` let the request pass without. */
      auth?: RegisteredPrincipal | undefined
    }
  }
}
