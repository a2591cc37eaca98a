/** What begins as every JWT does, for a header is JSON, and has parts. */
const token = /ey[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_.-]*/g

/** A message without the tokens in it: they may stand where something else was expected. */
export function withoutTokens(message: string): string {
  return message.replaceAll(token, 'ey…')
}
