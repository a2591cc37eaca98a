/** The response of a login. @typedef {{ accessToken: string, refreshToken: string }} Tokens */

/** A request to the login failed. The message is from the server. */
export class LoginError extends Error {
  /** @param {string} message @param {number} status */
  constructor(message, status) {
    super(message)
    this.status = status
  }
}

/** @param {string} user @param {string} lifetime 'brief' or an empty string @returns {Promise<Tokens>} */
export function logIn(user, lifetime) {
  return send('/login', lifetime === '' ? { user } : { user, lifetime })
}

/**
 * Returns the next tokens. Returns null if the session has ended, or if another client has used the token; then it ends the session.
 * @param {string} refreshToken the only one that this page has
 * @returns {Promise<Tokens | null>}
 */
export async function refresh(refreshToken) {
  try {
    return await send('/refresh', { refreshToken })
  } catch (error) {
    if (!(error instanceof LoginError) || error.status !== 400) throw error
    await logOut(refreshToken)
    return null
  }
}

/** @param {string} refreshToken */
export async function logOut(refreshToken) {
  await send('/logout', { refreshToken })
}

/** Ends all sessions of the user. @param {string} accessToken */
export async function logOutEverywhere(accessToken) {
  await send('/sessions', null, { method: 'DELETE', headers: { Authorization: `Bearer ${accessToken}` } })
}

/** Reads data for the page. @param {string} path */
export async function read(path) {
  return readResponse(await fetch(path))
}

/** @param {string} path @param {object | null} body @param {RequestInit} [init] */
export async function send(path, body, init = { method: 'POST' }) {
  return readResponse(
    await fetch(
      path,
      body === null ? init : { ...init, body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } },
    ),
  )
}

/** @param {Response} response */
async function readResponse(response) {
  if (response.status === 204) return null
  const body = await response.json().catch(() => ({}))
  if (response.ok) return body
  throw new LoginError(
    body.detail ?? body.error_description ?? `The server responded with ${response.status}`,
    response.status,
  )
}
