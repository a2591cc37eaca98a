import type { RegisteredPrincipal } from '@claimcheck/core'

declare global {
  // oxlint-disable-next-line typescript/no-namespace -- Express declares its types in this namespace
  namespace Express {
    interface Request {
      /** The verified caller. undefined if no `jwtAuth` ran, or if `mode` allowed the request without one. */
      auth?: RegisteredPrincipal | undefined
    }
  }
}
