/** Whether two types are identical. Neither `any` nor a supertype is accepted. */
export type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Compiles only with the correct result. */
export function same<A, B>(_isSame: Same<A, B>): void {
  // The compiler checks the types; nothing runs.
}
