/** What claims mean, in a few words. */
const meanings = new Map([
  ['iss', 'The issuer: who made the token. The API knows it by exactly this name.'],
  ['sub', 'The subject: who the token speaks of.'],
  ['aud', 'The audience: which API it is for. Another one must refuse it.'],
  ['exp', 'It is over at'],
  ['nbf', 'It counts from'],
  ['iat', 'It was made at'],
  ['jti', 'The name of this very token, by which it can be revoked.'],
  ['sid', 'The session: logging out revokes all of its tokens.'],
  ['client_id', 'The client that it was given to.'],
  ['scope', 'The scopes: what the client may do for the subject.'],
  ['auth_time', 'The user logged in at'],
  ['name', 'For people to read; no rule asks for it.'],
])

const times = new Set(['exp', 'nbf', 'iat', 'auth_time'])

/**
 * What a claim means here, and which roles and scopes it gives.
 * @param {string} name @param {unknown} value @param {Readonly<Record<string, string>>} roles which claim gives which role
 * @returns {{ text: string, gives: readonly string[] }}
 */
export function meaningOf(name, value, roles) {
  const meaning = meanings.get(name) ?? 'A claim of your own.'
  const gives = Object.entries(roles)
    .filter(([, claim]) => claim === name && value === true)
    .map(([role]) => `role ${role}`)
  if (name === 'scope' && typeof value === 'string') {
    gives.push(
      ...value
        .split(' ')
        .filter(Boolean)
        .map((scope) => `scope ${scope}`),
    )
  }
  const isRule = Object.values(roles).includes(name)
  if (isRule)
    return {
      text: gives.length > 0 ? 'It is exactly true, which gives' : 'Only exactly true gives a role.',
      gives,
    }
  if (times.has(name) && typeof value === 'number') return { text: `${meaning} ${timeOf(value)}.`, gives }
  return { text: times.has(name) ? 'A time must be a number of seconds.' : meaning, gives }
}

/** @param {number} seconds */
function timeOf(seconds) {
  const date = new Date(seconds * 1000)
  return Number.isNaN(date.getTime()) ? 'no time that a calendar knows' : date.toLocaleString()
}
