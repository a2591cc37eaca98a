/** Whether a string is well-formed Unicode. A lone surrogate has no UTF-8 form, so stores and tokens would change it. */
export function isWellFormed(value: string): boolean {
  return !/\p{Surrogate}/u.test(value)
}
