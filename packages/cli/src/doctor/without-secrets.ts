import { bareUrl } from './shown-url.ts'
import type { Report } from './report.ts'

/** A shorter one is no secret yet, and may be a part of any word. */
const shortestSecret = 8
/** Core quotes what is longer up to here. */
const longestQuoted = 80

/**
 * A report without what the settings keep to themselves, wherever a part of it repeats them: the secret, which may have
 * been set as something else by mistake, and the credentials and queries of URLs.
 */
export function redactSecrets(report: Report, environment: Readonly<Record<string, string | undefined>>): Report {
  const { JWT_SECRET: secret = '', JWT_ISSUER: issuer = '', JWT_JWKS_URL: jwksUrl = '' } = environment
  const hidden = [
    ...(secret.length < shortestSecret ? [] : [[secret, '(the secret)'] as const]),
    ...[issuer, jwksUrl].filter((url) => bareUrl(url) !== url).map((url) => [url, bareUrl(url)] as const),
  ].flatMap(([text, shown]) => spellings(text).map((spelling) => [spelling, shown] as const))
  const hide = (text: string) =>
    hidden.reduce((rest, [spelling, shown]) => rest.replaceAll(spelling, () => shown), text)
  // It is plain data, and stays of the same form.
  return JSON.parse(JSON.stringify(report), (_name, value: unknown) =>
    typeof value === 'string' ? hide(value) : value,
  ) as Report
}

/** As it is, as in quotes, and as in quotes that were cut short. */
function spellings(text: string): readonly string[] {
  const [whole, cut] = [text, text.slice(0, longestQuoted)].map((part) => JSON.stringify(part).slice(1, -1))
  return [...new Set([text, whole ?? text, ...(text.length > longestQuoted ? [`${cut}…`] : [])])]
}
