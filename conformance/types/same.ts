/** Whether two types are the same, to the letter: neither `any` nor a supertype passes for another. */
export type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Compiles only with the right answer. */
export function same<A, B>(_answer: Same<A, B>): void {
  // The compiler reads the types; nothing runs.
}
