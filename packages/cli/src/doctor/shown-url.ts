import { visible } from '../terminal/visible.ts'

/** A URL without its query, which may hold a key. */
export function shownUrl(text: string): string {
  if (!URL.canParse(text)) return visible(text)
  const { origin, pathname } = new URL(text)
  return visible(origin === 'null' ? text : origin + pathname)
}
