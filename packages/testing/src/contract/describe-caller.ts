import type { Caller } from './app-spec.ts'

/** A handler that tells everything an adapter says of the caller, as JSON. */
export function describeCaller(caller: Caller): string {
  return JSON.stringify({
    got: gotOf(caller),
    found: caller.find()?.subject ?? null,
    stored: storedOf(caller.stored()),
    error: caller.error()?.code ?? null,
  })
}

/** What `tellCaller` tells of a verified caller, and of nobody. */
export const toldOf = (subject: string) => ({ got: subject, found: subject, stored: subject, error: null })
export const toldOfNobody = { got: 'token_missing', found: null, stored: null, error: null }

/** The subject that getAuth gives, or the code of what it throws. */
function gotOf(caller: Caller): unknown {
  try {
    return caller.get().subject
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : String(error)
  }
}

function storedOf(stored: unknown): unknown {
  return typeof stored === 'object' && stored !== null && 'subject' in stored ? stored.subject : stored
}
