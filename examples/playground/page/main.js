import { choose, chosen, fillChoices, startTabs } from './controls.js'
import { byId, make } from './elements.js'
import { retryAfter, showProvider } from './provider.js'
import { showResult } from './result.js'
import { logIn, logOut, logOutEverywhere, read, refresh, send } from './session.js'
import { TokenPanel } from './token-panel.js'

const status = byId('status', HTMLElement)
const page = await read('/playground.json').catch((error) => {
  showError(error)
  throw error
})
const panel = new TokenPanel({ ...page, onEdit: showOrigin })
const session = byId('session', HTMLElement)
const pasted = byId('pasted', HTMLTextAreaElement)
const chips = byId('chips', HTMLElement)
const sessionButtons = ['refresh', 'logout', 'logout-all'].map((id) => byId(id, HTMLButtonElement))

/** The tokens of the login; null if no user is logged in. @type {import('./session.js').Tokens | null} */
let tokens = null
/** The chip that made the token, and how it is made; empty strings if there is none, or if the token is valid. */
let origin = { chip: '', text: '' }
/** What the status line says about the token: `origin.text`, or that the token was edited. */
let description = ''
/** @type {import('./result.js').Provider} */
let provider = page.provider
/** Numbers of the latest actions. The result of an older one is not shown. */
const newest = { token: 0, call: 0 }
/** @type {ReturnType<typeof setTimeout> | undefined} */
let retry

const valid = 'valid token'
const providerDown = 'provider down'
/** @typedef {{ name: string, description: string }} Described */

fillControls()
startTabs(byId('tab-why', HTMLElement).parentElement ?? document.body)
placeToken()
byId('storage', HTMLElement).textContent = `Sessions and revocations are stored ${page.storage}.`
listen()
void act(async () => useLogin('john'))

function fillControls() {
  const users = page.users.map((/** @type {Described} */ user) => ({
    value: user.name,
    text: user.name,
    label: `${user.name}, ${user.description}`,
  }))
  fillChoices('user', [...users, { value: '', text: 'no token' }], 'john')
  const servers = page.servers.map((/** @type {Described} */ { name }) => ({ value: name, text: name }))
  fillChoices('server', [{ value: '', text: 'all' }, ...servers], '')
  const paths = page.routes.map((/** @type {{ path: string }} */ { path }) => ({ value: path, text: path }))
  fillChoices('path', paths, '/admin')
  showRequirement()
  const names = page.attacks.map((/** @type {Described} */ attack) => attack.name)
  for (const name of [valid, ...names, providerDown]) {
    const button = make('button', '', name)
    button.setAttribute('type', 'button')
    button.addEventListener('click', () => void act(async () => tryChip(name)))
    chips.append(button)
  }
  pressChips(valid)
}

function listen() {
  byId('call', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault()
    void call()
  })
  byId('user', HTMLElement).addEventListener('change', () => {
    void act(async () => (chosen('user') === '' ? useToken('', '', '') : useLogin(chosen('user'))))
  })
  for (const id of ['path', 'server']) byId(id, HTMLElement).addEventListener('change', () => void call())
  pasted.addEventListener('input', () => {
    choose('user', 'another')
    useToken(pasted.value, '', 'It was pasted.')
  })
  byId('restart', HTMLElement).addEventListener('click', () => void act(async () => switchProvider('restart')))
  byId('provider-up', HTMLElement).addEventListener('click', () => void act(async () => switchProvider('up')))
  byId('brief', HTMLElement).addEventListener('click', () => {
    void act(async () => useLogin(chosen('user') === 'jane' ? 'jane' : 'john', 'brief'))
  })
  const [refreshButton, logOutButton, logOutAllButton] = sessionButtons
  refreshButton?.addEventListener('click', () => void act(useRefresh))
  logOutButton?.addEventListener('click', () => {
    void act(async () =>
      endSession(logOut(tokens?.refreshToken ?? ''), 'Logged out. The tokens of this session are revoked.'),
    )
  })
  logOutAllButton?.addEventListener('click', () => {
    const ended = 'Logged out everywhere. All tokens of the user are revoked.'
    void act(async () => endSession(logOutEverywhere(tokens?.accessToken ?? ''), ended))
  })
}

/** Does something that changes the token or the servers, and then calls the API. @param {() => Promise<void> | void} work */
async function act(work) {
  const number = ++newest.token
  try {
    await work()
    if (number === newest.token) await call()
  } catch (error) {
    if (number === newest.token) showError(error)
  }
}

/** Waits for a promise. If a later action has started, never resolves, so that the earlier one changes nothing. @template T @param {Promise<T>} promise @returns {Promise<T>} */
async function latest(promise) {
  const number = newest.token
  const result = await promise
  return number === newest.token ? result : new Promise(() => undefined)
}

/** @param {string} name @param {string} [lifetime] */
async function useLogin(name, lifetime = '') {
  const result = await latest(logIn(name, lifetime))
  choose('user', name)
  keep(result, `${name} is logged in${lifetime === '' ? '' : ' for 20 seconds'}.`)
  useToken(result.accessToken, valid, '')
}

async function useRefresh() {
  const result = await latest(refresh(tokens?.refreshToken ?? ''))
  if (result === null) return keep(null, 'The refresh token is no longer valid. Log in again.')
  keep(result, 'Received a new access token and a new refresh token. The old refresh token cannot be used again.')
  useToken(result.accessToken, valid, '')
}

/** @param {Promise<void>} ended @param {string} text */
async function endSession(ended, text) {
  const accessToken = tokens?.accessToken ?? ''
  await latest(ended)
  keep(null, text)
  useToken(accessToken, '', 'Its session was logged out.')
  panel.markRevoked(accessToken)
}

/** @param {string} name */
async function tryChip(name) {
  const user = chosen('user') === 'jane' ? 'jane' : 'john'
  if (name === valid) return useLogin(user)
  // The public route accepts every token.
  if (chosen('path') === '/public') choose('path', '/admin')
  if (name === providerDown) return tryProvider(user)
  const attack = page.attacks.find((/** @type {Described} */ each) => each.name === name)
  const made = await latest(send('/attack', { name, user }))
  choose('user', made.user)
  useToken(made.token, name, attack.description)
}

/** Turns the provider off, or on again, and sends a valid token. @param {string} user */
async function tryProvider(user) {
  await switchProvider(provider.isUp ? 'down' : 'up')
  await useLogin(user)
}

/** @param {'up' | 'down' | 'restart'} action */
async function switchProvider(action) {
  provider = await latest(send('/provider', { action }))
  updateProvider()
}

/** @param {import('./session.js').Tokens | null} result @param {string} text */
function keep(result, text) {
  tokens = result
  session.textContent = text
  const hadFocus = sessionButtons.some((button) => button === document.activeElement)
  for (const button of sessionButtons) button.disabled = result === null
  // A disabled button loses the focus.
  if (hadFocus && result === null) byId('brief', HTMLElement).focus()
}

/** @param {string} token @param {string} chip the chip that made it, or an empty string @param {string} text how it was made */
function useToken(token, chip, text) {
  panel.show(token)
  origin = { chip, text }
  showOrigin(false)
}

/** @param {boolean} isEdited */
function showOrigin(isEdited) {
  description = isEdited ? 'Its content was edited.' : origin.text
  pressChips(isEdited ? '' : origin.chip)
}

/** @param {string} chip */
function pressChips(chip) {
  for (const button of chips.querySelectorAll('button')) {
    const { textContent: name } = button
    button.setAttribute('aria-pressed', String(name === providerDown ? !provider.isUp : name === chip))
  }
}

function updateProvider() {
  // Its buttons disappear when they have been used, and would lose the focus.
  const hadFocus = byId('provider', HTMLElement).contains(document.activeElement)
  showProvider(provider)
  const [chip] = [...chips.querySelectorAll('button')].filter(({ textContent }) => textContent === providerDown)
  chip?.setAttribute('aria-pressed', String(!provider.isUp))
  if (hadFocus && !byId('provider', HTMLElement).contains(document.activeElement)) chip?.focus()
}

async function call() {
  clearTimeout(retry)
  showRequirement()
  const number = ++newest.call
  const path = chosen('path')
  const name = chosen('server')
  const { token } = panel
  const server = page.servers.find((/** @type {Described} */ each) => name === '' || each.name === name)
  status.setAttribute('aria-busy', 'true')
  try {
    const result = await send('/try', { server: name, path, token })
    if (number !== newest.call) return
    showResult({ server, path, token, description }, result)
    if (result.explanation?.code === 'token_revoked') panel.markRevoked(token)
    provider = result.provider
    updateProvider()
    const seconds = retryAfter(result)
    if (seconds !== null) retry = setTimeout(() => void call(), seconds * 1000)
  } catch (error) {
    if (number === newest.call) showError(error)
  }
  if (number === newest.call) status.removeAttribute('aria-busy')
}

function showRequirement() {
  const path = chosen('path')
  const route = page.routes.find((/** @type {{ path: string }} */ each) => each.path === path)
  byId('requirement', HTMLElement).replaceChildren(make('code', '', `GET ${path}`), ` ${route.requirement}`)
}

/** @param {unknown} error */
function showError(error) {
  const text = error instanceof Error ? error.message : String(error)
  const isNetwork = error instanceof TypeError
  const message = isNetwork ? 'The playground does not respond. Check that npm start is still running.' : text
  status.className = 'status bad'
  status.replaceChildren(make('p', 'differ', message))
}

/** Puts the token below the request on wide screens, and below the result on narrow ones, so that the tab order is the visible order. */
function placeToken() {
  const token = byId('token', HTMLElement)
  const wide = matchMedia('(min-width: 56rem)')
  const place = () => {
    const focused = document.activeElement
    const parent = wide.matches ? byId('side', HTMLElement) : token.closest('main')
    parent?.append(token)
    if (focused instanceof HTMLElement && token.contains(focused)) focused.focus()
  }
  wide.addEventListener('change', place)
  place()
}
