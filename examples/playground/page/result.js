import { byId, make } from './elements.js'
import { showWhy, summarize } from './why.js'

/**
 * The response of `POST /try`, and what was sent.
 * @typedef {{ step: string, verdict: 'passed' | 'rejected' | 'not_reached', expected: string, found: string, remedy: string | null }} Step
 * @typedef {{ outcome: string, code: string | null, status: number | null, detail: string | null, steps: Step[] }} Explanation
 * @typedef {{ name: string, status: number, reason: string, headers: [string, string][], body: string }} ApiResponse
 * @typedef {{ isUp: boolean, hasKeys: boolean }} Provider
 * @typedef {{ responses: ApiResponse[], explanation: Explanation | null, provider: Provider }} TryResult
 * @typedef {{ name: string, url: string, code: { path: string, file: string, lines: string }[] }} Server
 * @typedef {{ server: Server, path: string, token: string, description: string }} Sent
 */

/** Shows the result of a call: the status line, and the content of the four tabs. @param {Sent} sent @param {TryResult} result */
export function showResult(sent, { responses, explanation }) {
  const [first] = responses
  if (first === undefined) return
  const client = problemOf(first.body)
  const others = responses.filter((response) => comparable(response) !== comparable(first))
  const isGood = first.status < 400
  const status = byId('status', HTMLElement)
  status.className = `status ${isGood ? 'good' : 'bad'}`
  const line = make('p', 'verdict', make('strong', '', `${first.status} ${client.code ?? first.reason}`))
  line.append(describeServers(responses, others.length))
  const detail = [sent.description, client.detail === null ? '' : `${client.detail}.`, summarize(explanation)]
  const text = make('p', 'quiet', make('code', '', `GET ${sent.path}`), ` · ${detail.filter(Boolean).join(' ')}`)
  status.replaceChildren(line, text)
  byId('panel-response', HTMLElement).replaceChildren(...[first, ...others].map(showResponse))
  byId('panel-why', HTMLElement).replaceChildren(...showWhy(explanation, client.code))
  byId('panel-curl', HTMLElement).replaceChildren(...showCurl(sent))
  byId('panel-code', HTMLElement).replaceChildren(...showCode(sent))
}

/** @param {ApiResponse[]} responses @param {number} differences */
function describeServers(responses, differences) {
  if (differences > 0) return make('span', 'differ', 'The responses of the frameworks differ.')
  if (responses.length > 1) return make('span', 'quiet', `same on ${responses.length} frameworks`)
  return make('span', 'quiet', `on ${responses[0]?.name}`)
}

/** @param {ApiResponse} response */
function showResponse({ name, status, reason, headers, body }) {
  const lines = headers.flatMap(([header, value]) => [make('span', 'name', `${header}: `), `${value}\n`])
  const pre = make('pre', '', make('strong', '', `HTTP/1.1 ${status} ${reason}`), '\n', ...lines, '\n', indent(body))
  pre.setAttribute('aria-label', `Response of ${name}`)
  return pre
}

/** Everything that must be equal on all frameworks. The seconds of Retry-After count down between two responses. @param {ApiResponse} response */
function comparable({ status, headers, body }) {
  const values = headers.map(([name, value]) => [name, name === 'Retry-After' ? 'seconds' : value])
  return JSON.stringify([status, values, body])
}

/** Returns the code and the detail of a problem body. @param {string} body @returns {{ code: string | null, detail: string | null }} */
function problemOf(body) {
  try {
    const { code = null, detail = null } = JSON.parse(body)
    return { code, detail }
  } catch {
    return { code: null, detail: null }
  }
}

/** @param {string} body */
function indent(body) {
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body
  }
}

/** @param {Sent} sent @returns {Node[]} */
function showCurl({ server, path, token }) {
  const command = `curl -i ${server.url}${path}${token === '' ? '' : ` -H ${quote(`Authorization: Bearer ${token}`)}`}`
  const copied = make('span', 'quiet')
  copied.setAttribute('role', 'status')
  const button = make('button', '', 'Copy')
  button.addEventListener('click', () => {
    void navigator.clipboard.writeText(command).then(
      () => copied.replaceChildren('Copied.'),
      () => copied.replaceChildren('The browser does not allow it. Select the command and copy it.'),
    )
  })
  return [make('pre', '', command), make('div', 'buttons copy', button, copied)]
}

/** Quotes an argument. Double quotes work in every terminal; for special characters, single quotes of a POSIX shell are needed. @param {string} text */
function quote(text) {
  return /^[\w .:~+/=-]*$/.test(text) ? `"${text}"` : `'${text.replaceAll("'", String.raw`'\''`)}'`
}

/** @param {Sent} sent @returns {Node[]} */
function showCode({ server, path }) {
  const source = server.code.find((each) => each.path === path)
  if (source === undefined) return []
  const caption = make(
    'p',
    'quiet',
    `${server.name}. The lines of `,
    make('code', '', source.file),
    ' that concern this route.',
  )
  return [make('pre', '', source.lines), caption]
}
