/** The options of the API in `hono-app.ts`; its test signs tokens with the secret. */
export const honoOptions = {
  issuer: 'https://issuer.test',
  audience: 'runtimes',
  keys: { secret: 'thirty-two bytes for the hono example, no less' },
}
