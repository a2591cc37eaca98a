import { showAnswer } from './answer.js'
import { meaningOf } from './claims.js'
import { byId, make } from './elements.js'
import { claimsOf, putTogether, takeApart } from './jwt.js'
import { watchLifetime } from './lifetime.js'
import { logIn, logOut, logOutEverywhere, read, refresh, send } from './session.js'

const page = await read('/playground.json')
const fields = {
  header: byId('header', HTMLTextAreaElement),
  payload: byId('payload', HTMLTextAreaElement),
  signature: byId('signature', HTMLTextAreaElement),
}
const pasted = byId('pasted', HTMLTextAreaElement)
const session = byId('session', HTMLElement)
const answer = byId('answer', HTMLElement)
const buttons = {
  refresh: byId('refresh', HTMLButtonElement),
  logOut: byId('logout', HTMLButtonElement),
  logOutAll: byId('logout-all', HTMLButtonElement),
  restore: byId('restore', HTMLButtonElement),
}

/** The tokens as the login gave them; null where nobody is logged in. @type {import('./session.js').Tokens | null} */
let tokens = null
/** The token as it came, before it was edited. */
let untouched = ''

fillChoices()
const showLifetime = watchLifetime(
  byId('lifetime-left', HTMLElement),
  () => claimsOf(fields.payload.value),
  page.toleranceSeconds,
)
byId('sessions-are', HTMLElement).textContent = `Sessions and revocations are ${page.sessionsAre}.`
for (const field of Object.values(fields)) field.addEventListener('input', showToken)
pasted.addEventListener('input', () => hold(pasted.value))
buttons.restore.addEventListener('click', () => hold(untouched))

byId('login', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault()
  const [user, lifetime] = ['user', 'lifetime'].map((id) => byId(id, HTMLSelectElement).value)
  void report(async () => {
    keep(await logIn(user ?? '', lifetime ?? ''))
    return `${user} is logged in.`
  })
})
buttons.refresh.addEventListener('click', () => {
  void report(async () => {
    keep(await refresh(tokens?.refreshToken ?? ''))
    return 'A new access token, and a new refresh token: the one before is used up.'
  })
})
buttons.logOut.addEventListener('click', () => {
  void report(async () => {
    await logOut(tokens?.refreshToken ?? '')
    keep(null)
    return 'Logged out: the tokens of this session are revoked. Call the API with the one above.'
  })
})
buttons.logOutAll.addEventListener('click', () => {
  void report(async () => {
    await logOutEverywhere(tokens?.accessToken ?? '')
    keep(null)
    return 'Logged out everywhere: all that the user was given is revoked.'
  })
})
byId('call', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault()
  void call()
})

/** Does something with the session, and says what came of it. @param {() => Promise<string>} work */
async function report(work) {
  try {
    session.textContent = await work()
  } catch (error) {
    session.textContent = error instanceof Error ? error.message : String(error)
  }
}

/** @param {import('./session.js').Tokens | null} given */
function keep(given) {
  tokens = given
  for (const button of [buttons.refresh, buttons.logOut, buttons.logOutAll]) button.disabled = given === null
  if (given !== null) hold(given.accessToken)
}

/** Puts a token into the fields. @param {string} token */
function hold(token) {
  untouched = token.trim()
  const parts = takeApart(untouched)
  fields.header.value = parts.header
  fields.payload.value = parts.payload
  fields.signature.value = parts.signature
  showToken()
}

function tokenNow() {
  const parts = { header: fields.header.value, payload: fields.payload.value, signature: fields.signature.value }
  // A token that nobody touched goes as it came, however its issuer spelt it.
  if (JSON.stringify(parts) === JSON.stringify(takeApart(untouched))) return untouched
  return putTogether(parts)
}

function showToken() {
  const token = tokenNow()
  const isEdited = token !== untouched
  buttons.restore.disabled = !isEdited
  byId('edited', HTMLElement).textContent = isEdited ? 'Edited: the signature is not of what stands there now.' : ''
  const [first = '', second = '', ...rest] = token.split('.')
  const parts = [
    make('span', 'header', first),
    '.',
    make('span', 'payload', second),
    '.',
    make('span', 'signature', rest.join('.')),
  ]
  byId('encoded', HTMLElement).replaceChildren(...(token === '' ? [] : parts))
  showClaims()
  showLifetime()
}

function showClaims() {
  const rows = Object.entries(claimsOf(fields.payload.value) ?? {}).map(([name, value]) => {
    const { text, gives } = meaningOf(name, value, page.roles)
    const roles = gives.flatMap((given) => [' ', make('span', 'role', given)])
    return make(
      'tr',
      '',
      make('td', '', make('code', '', name)),
      make('td', 'value', JSON.stringify(value)),
      make('td', '', text, ...roles),
    )
  })
  const [body] = byId('claims', HTMLTableElement).tBodies
  body?.replaceChildren(...rows)
}

async function call() {
  const isWithout = byId('without', HTMLInputElement).checked
  const asked = {
    server: byId('server', HTMLSelectElement).value,
    path: byId('path', HTMLSelectElement).value,
    token: isWithout ? '' : tokenNow(),
  }
  answer.setAttribute('aria-busy', 'true')
  try {
    answer.replaceChildren(...showAnswer(await send('/try', asked)))
  } catch (error) {
    answer.replaceChildren(make('p', 'differ', error instanceof Error ? error.message : String(error)))
  }
  answer.removeAttribute('aria-busy')
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
