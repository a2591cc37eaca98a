import { showResponses } from './responses.js'
import { meaningOf } from './claims.js'
import { byId, make } from './elements.js'
import { claimsOf, splitToken } from './jwt.js'
import { watchLifetime } from './lifetime.js'
import { logIn, logOut, logOutEverywhere, read, refresh, send } from './session.js'
import { TokenFields } from './token-fields.js'

const session = byId('session', HTMLElement)
const page = await read('/playground.json').catch((error) => {
  session.textContent = `The playground does not respond: ${error.message}`
  throw error
})
const fields = new TokenFields()
const pasted = byId('pasted', HTMLTextAreaElement)
const responses = byId('responses', HTMLElement)
const user = byId('user', HTMLSelectElement)
const buttons = {
  refresh: byId('refresh', HTMLButtonElement),
  logOut: byId('logout', HTMLButtonElement),
  logOutAll: byId('logout-all', HTMLButtonElement),
  restore: byId('restore', HTMLButtonElement),
}

/** The tokens of the login; null if no user is logged in. @type {import('./session.js').Tokens | null} */
let tokens = null
/** Numbers of the latest requests. The result of an older one is not shown. */
const newest = { session: 0, call: 0 }

fillChoices()
const showLifetime = watchLifetime(byId('lifetime-left', HTMLElement), {
  isThere: () => fields.token !== '',
  claims: () => claimsOf(fields.payload.value),
  toleranceSeconds: page.toleranceSeconds,
})
byId('storage', HTMLElement).textContent = `Sessions and revocations are stored ${page.storage}.`
for (const field of [fields.header, fields.payload, fields.signature]) field.addEventListener('input', showToken)
pasted.addEventListener('input', () => showNew(pasted.value))
buttons.restore.addEventListener('click', () => {
  fields.restore()
  showToken()
})

byId('login', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault()
  const name = user.value
  void report(async () => ({
    result: await logIn(name, byId('lifetime', HTMLSelectElement).value),
    text: `${name} is logged in.`,
  }))
})
buttons.refresh.addEventListener('click', () => {
  void report(async () => {
    const result = await refresh(tokens?.refreshToken ?? '')
    const text = 'Received a new access token and a new refresh token. The old refresh token is used up.'
    return { result, text: result === null ? 'The refresh token is no longer valid: log in again.' : text }
  })
})
buttons.logOut.addEventListener('click', () => {
  void report(async () => {
    await logOut(tokens?.refreshToken ?? '')
    return {
      result: null,
      text: 'Logged out: the tokens of this session are revoked. Try to call the API with the token below.',
    }
  })
})
buttons.logOutAll.addEventListener('click', () => {
  void report(async () => {
    await logOutEverywhere(tokens?.accessToken ?? '')
    return { result: null, text: 'Logged out everywhere: all tokens of the user are revoked.' }
  })
})
byId('call', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault()
  void call()
})

/**
 * Does something with the session and shows the result.
 * @param {() => Promise<{ result: import('./session.js').Tokens | null, text: string }>} work
 */
async function report(work) {
  const number = ++newest.session
  try {
    const { result, text } = await work()
    if (number !== newest.session) return
    keep(result)
    session.textContent = text
  } catch (error) {
    if (number === newest.session) session.textContent = describeError(error)
  }
}

/** @param {import('./session.js').Tokens | null} result */
function keep(result) {
  tokens = result
  for (const button of [buttons.refresh, buttons.logOut, buttons.logOutAll]) disable(button, result === null, user)
  if (result !== null) showNew(result.accessToken)
}

/** Disables a button. If it has the focus, moves the focus to `next`, so that keyboard users do not lose it. @param {HTMLButtonElement} button @param {boolean} off @param {HTMLElement} next */
function disable(button, off, next) {
  if (off && document.activeElement === button) next.focus()
  button.disabled = off
}

/** Shows a new token. @param {string} token */
function showNew(token) {
  fields.show(token)
  showToken()
}

function showToken() {
  const { token, isEdited } = fields
  disable(buttons.restore, !isEdited, fields.payload)
  const { header, payload, signature } = splitToken(token)
  byId('edited', HTMLElement).textContent = isEdited ? 'Edited: the signature no longer matches the content.' : ''
  const parts = [
    make('span', 'header', header),
    '.',
    make('span', 'payload', payload),
    '.',
    make('span', 'signature', signature),
  ]
  byId('encoded', HTMLElement).replaceChildren(...(token === '' ? [] : parts))
  showClaims()
  showLifetime()
}

function showClaims() {
  const rows = Object.entries(claimsOf(fields.payload.value) ?? {}).map(([name, value]) => {
    const { text, results } = meaningOf(name, value, page.roles)
    const roles = results.flatMap((each) => [' ', make('span', 'role', each)])
    const cells = [make('code', '', name), JSON.stringify(value)]
    return make(
      'tr',
      '',
      make('td', '', cells[0] ?? ''),
      make('td', 'value', cells[1] ?? ''),
      make('td', '', text, ...roles),
    )
  })
  const [body] = byId('claims', HTMLTableElement).tBodies
  body?.replaceChildren(...rows)
}

async function call() {
  const number = ++newest.call
  const path = byId('path', HTMLSelectElement).value
  const isWithout = byId('without', HTMLInputElement).checked
  const request = { server: byId('server', HTMLSelectElement).value, path, token: isWithout ? '' : fields.token }
  responses.setAttribute('aria-busy', 'true')
  const shown = await send('/try', request).then(
    (result) => showResponses(path, result),
    (error) => [make('p', 'differ', describeError(error))],
  )
  if (number !== newest.call) return
  responses.replaceChildren(...shown)
  responses.removeAttribute('aria-busy')
}

/** @param {unknown} error */
function describeError(error) {
  if (error instanceof TypeError) return 'The playground does not respond. Check that npm start is still running.'
  return error instanceof Error ? error.message : String(error)
}

function fillChoices() {
  /** @param {string} id @param {readonly (readonly [string, string])[]} choices */
  const fill = (id, choices) => {
    byId(id, HTMLSelectElement).replaceChildren(...choices.map(([value, text]) => new Option(text, value)))
  }
  fill(
    'user',
    page.users.map((/** @type {{ name: string, description: string }} */ { name, description }) => [
      name,
      `${name}, ${description}`,
    ]),
  )
  fill('server', [['', 'all three'], ...page.servers.map((/** @type {string} */ name) => [name, name])])
  fill(
    'path',
    page.routes.map((/** @type {{ path: string, requirement: string }} */ { path, requirement }) => [
      path,
      `GET ${path} – ${requirement}`,
    ]),
  )
}
