import { callerIn } from '../contender.ts'
import type { Memory } from '../contender.ts'

/** The limit: nothing is checked, nothing is bounded, the token is the key and its claims are the value. */
export function makeMap(): Memory {
  const callers = new Map<string, object>()
  return {
    isAsync: false,
    learn: (token) => callers.set(token, callerIn(token)),
    perform: (token) => callers.get(token),
  }
}
