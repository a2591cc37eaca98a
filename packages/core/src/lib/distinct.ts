/** How many texts are compared with one another rather than put into a Set. */
const few = 8

/** The texts, each once; the same array where none stands twice. */
export function distinct(texts: readonly string[]): readonly string[] {
  const isDistinct = texts.length <= few && texts.every((text, index) => texts.indexOf(text) === index)
  return isDistinct ? texts : [...new Set(texts)]
}
