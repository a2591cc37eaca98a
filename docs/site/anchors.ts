/** The anchor that GitHub gives to a heading of this text; the second of a page is numbered, `-1`. */
export function toAnchor(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-')
}
