import { showAnswer } from './answer.js'
import { meaningOf } from './claims.js'
import { byId, make } from './elements.js'
import { claimsOf, takeApart } from './jwt.js'
import { watchLifetime } from './lifetime.js'
import { logIn, logOut, logOutEverywhere, read, refresh, send } from './session.js'
import { TokenFields } from './token-fields.js'

const session = byId('session', HTMLElement)
const page = await read('/playground.json').catch((error) => {
  session.textContent = `The playground does not answer: ${error.message}`
  throw error
})
const fields = new TokenFields()
const pasted = byId('pasted', HTMLTextAreaElement)
const answer = byId('answer', HTMLElement)
const user = byId('user', HTMLSelectElement)
const buttons = {
  refresh: byId('refresh', HTMLButtonElement),
  logOut: byId('logout', HTMLButtonElement),
  logOutAll: byId('logout-all', HTMLButtonElement),
  restore: byId('restore', HTMLButtonElement),
}

/** The tokens as the login gave them; null where nobody is logged in. @type {import('./session.js').Tokens | null} */
let tokens = null
/** What came of an older call is not shown over what came of a newer one. */
const newest = { session: 0, call: 0 }

fillChoices()
const showLifetime = watchLifetime(byId('lifetime-left', HTMLElement), {
  isThere: () => fields.token !== '',
  claims: () => claimsOf(fields.payload.value),
  toleranceSeconds: page.toleranceSeconds,
})
byId('sessions-are', HTMLElement).textContent = `Sessions and revocations are ${page.sessionsAre}.`
for (const field of [fields.header, fields.payload, fields.signature]) field.addEventListener('input', showToken)
pasted.addEventListener('input', () => hold(pasted.value))
buttons.restore.addEventListener('click', () => {
  fields.restore()
  showToken()
})

byId('login', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault()
  const name = user.value
  void report(async () => ({
    given: await logIn(name, byId('lifetime', HTMLSelectElement).value),
    text: `${name} is logged in.`,
  }))
})
buttons.refresh.addEventListener('click', () => {
  void report(async () => {
    const given = await refresh(tokens?.refreshToken ?? '')
    const text = 'A new access token, and a new refresh token: the one before is used up.'
    return { given, text: given === null ? 'The refresh token is not valid any more: log in again.' : text }
  })
})
buttons.logOut.addEventListener('click', () => {
  void report(async () => {
    await logOut(tokens?.refreshToken ?? '')
    return { given: null, text: 'Logged out: the tokens of this session are revoked. Call the API with the one below.' }
  })
})
buttons.logOutAll.addEventListener('click', () => {
  void report(async () => {
    await logOutEverywhere(tokens?.accessToken ?? '')
    return { given: null, text: 'Logged out everywhere: all that the user was given is revoked.' }
  })
})
byId('call', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault()
  void call()
})

/**
 * Does something with the session, and says what came of it.
 * @param {() => Promise<{ given: import('./session.js').Tokens | null, text: string }>} work
 */
async function report(work) {
  const number = ++newest.session
  try {
    const { given, text } = await work()
    if (number !== newest.session) return
    keep(given)
    session.textContent = text
  } catch (error) {
    if (number === newest.session) session.textContent = wordsOf(error)
  }
}

/** @param {import('./session.js').Tokens | null} given */
function keep(given) {
  tokens = given
  for (const button of [buttons.refresh, buttons.logOut, buttons.logOutAll]) disable(button, given === null, user)
  if (given !== null) hold(given.accessToken)
}

/** Who works by keyboard must not lose the place. @param {HTMLButtonElement} button @param {boolean} off @param {HTMLElement} next */
function disable(button, off, next) {
  if (off && document.activeElement === button) next.focus()
  button.disabled = off
}

/** Puts a token into the fields. @param {string} token */
function hold(token) {
  fields.hold(token)
  showToken()
}

function showToken() {
  const { token, isEdited } = fields
  disable(buttons.restore, !isEdited, fields.payload)
  const { header, payload, signature } = takeApart(token)
  byId('edited', HTMLElement).textContent = isEdited ? 'Edited: the signature is not of what stands there now.' : ''
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
    const { text, gives } = meaningOf(name, value, page.roles)
    const roles = gives.flatMap((given) => [' ', make('span', 'role', given)])
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
  const asked = { server: byId('server', HTMLSelectElement).value, path, token: isWithout ? '' : fields.token }
  answer.setAttribute('aria-busy', 'true')
  const shown = await send('/try', asked).then(
    (tried) => showAnswer(path, tried),
    (error) => [make('p', 'differ', wordsOf(error))],
  )
  if (number !== newest.call) return
  answer.replaceChildren(...shown)
  answer.removeAttribute('aria-busy')
}

/** @param {unknown} error */
function wordsOf(error) {
  if (error instanceof TypeError) return 'The playground does not answer: is npm start still running?'
  return error instanceof Error ? error.message : String(error)
}

function fillChoices() {
  /** @param {string} id @param {readonly (readonly [string, string])[]} choices */
  const fill = (id, choices) => {
    byId(id, HTMLSelectElement).replaceChildren(...choices.map(([value, text]) => new Option(text, value)))
  }
  fill(
    'user',
    page.users.map((/** @type {{ name: string, is: string }} */ { name, is }) => [name, `${name}, who ${is}`]),
  )
  fill('server', [['', 'all three'], ...page.servers.map((/** @type {string} */ name) => [name, name])])
  fill(
    'path',
    page.routes.map((/** @type {{ path: string, needs: string }} */ { path, needs }) => [
      path,
      `GET ${path} – ${needs}`,
    ]),
  )
}
