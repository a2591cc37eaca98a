/** What the login gives. @typedef {{ accessToken: string, refreshToken: string }} Tokens */

/** A login that failed, in the words of the server. */
export class LoginError extends Error {}

/** @param {string} user @param {string} lifetime brief, or nothing for the usual @returns {Promise<Tokens>} */
export function logIn(user, lifetime) {
  return send('/login', lifetime === '' ? { user } : { user, lifetime })
}

/** @param {string} refreshToken @returns {Promise<Tokens>} */
export function refresh(refreshToken) {
  return send('/refresh', { refreshToken })
}

/** @param {string} refreshToken */
export async function logOut(refreshToken) {
  await send('/logout', { refreshToken })
}

/** Ends all sessions of the user. @param {string} accessToken */
export async function logOutEverywhere(accessToken) {
  await send('/sessions', null, { method: 'DELETE', headers: { Authorization: `Bearer ${accessToken}` } })
}

/** Asks for something that the page is about. @param {string} path */
export async function read(path) {
  return answerOf(await fetch(path))
}

/** @param {string} path @param {object | null} body @param {RequestInit} [init] */
export async function send(path, body, init = { method: 'POST' }) {
  return answerOf(
    await fetch(
      path,
      body === null ? init : { ...init, body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } },
    ),
  )
}

/** @param {Response} response */
async function answerOf(response) {
  if (response.status === 204) return null
  const body = await response.json().catch(() => ({}))
  if (response.ok) return body
  throw new LoginError(body.detail ?? body.error_description ?? `The server answered ${response.status}`)
}
