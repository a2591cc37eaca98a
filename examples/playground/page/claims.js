/** The meanings of claims. */
const meanings = new Map([
  ['iss', 'The issuer of the token. The API compares it exactly.'],
  ['sub', 'The subject: the user.'],
  ['aud', 'The audience: the API that the token is for. Others reject it.'],
  ['exp', 'Expires at'],
  ['nbf', 'Valid from'],
  ['iat', 'Issued at'],
  ['jti', 'The token ID, by which the token can be revoked.'],
  ['sid', 'The session ID. Logging out revokes all tokens of the session.'],
  ['client_id', 'The client that requested the token.'],
  ['scope', 'The scopes: what the client can do for the user.'],
  ['auth_time', 'The user logged in at'],
  ['name', 'A display name. No rule uses it.'],
])

const times = new Set(['exp', 'nbf', 'iat', 'auth_time'])

/**
 * Describes a claim, and the roles and scopes that result from it.
 * @param {string} name @param {unknown} value @param {Readonly<Record<string, string>>} roles the role map of the servers
 * @returns {{ text: string, results: readonly string[] }}
 */
export function meaningOf(name, value, roles) {
  const meaning = meanings.get(name) ?? 'A custom claim.'
  const results = Object.entries(roles)
    .filter(([, claim]) => claim === name && value === true)
    .map(([role]) => `role ${role}`)
  if (name === 'scope' && typeof value === 'string') {
    results.push(
      ...value
        .split(' ')
        .filter(Boolean)
        .map((scope) => `scope ${scope}`),
    )
  }
  const isRule = Object.values(roles).includes(name)
  if (isRule)
    return {
      text: results.length > 0 ? 'The value true results in' : 'Only the value true results in a role.',
      results,
    }
  if (times.has(name) && typeof value === 'number') return { text: `${meaning} ${formatTime(value)}.`, results }
  return { text: times.has(name) ? 'Must be a number of seconds.' : meaning, results }
}

/** @param {number} seconds */
function formatTime(seconds) {
  const date = new Date(seconds * 1000)
  return Number.isNaN(date.getTime()) ? 'an invalid time' : date.toLocaleString()
}
