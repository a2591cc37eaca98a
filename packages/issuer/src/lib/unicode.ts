/** Whether a text is Unicode: half of a surrogate pair has no UTF-8, so stores and tokens would make it another text. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text)
}
