import type { Caller } from './app-spec.ts'

/** A handler that returns everything that the adapter reports about the caller, as JSON. */
export function describeCaller(caller: Caller): string {
  return JSON.stringify({
    got: subjectOrCode(caller),
    found: caller.find()?.subject ?? null,
    stored: subjectOf(caller.stored()),
    error: caller.error()?.code ?? null,
  })
}

/** The result of `describeCaller` for a verified caller. */
export const callerBody = (subject: string) => ({ got: subject, found: subject, stored: subject, error: null })

/** The result of `describeCaller` for a request without a token. */
export const anonymousBody = { got: 'token_missing', found: null, stored: null, error: null }

/** The subject that `getAuth` returns, or the code of the error that it throws. */
function subjectOrCode(caller: Caller): unknown {
  try {
    return caller.get().subject
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : String(error)
  }
}

function subjectOf(stored: unknown): unknown {
  return typeof stored === 'object' && stored !== null && 'subject' in stored ? stored.subject : stored
}
