import { make } from './elements.js'

/**
 * The response of `POST /try`.
 * @typedef {{ step: string, verdict: 'passed' | 'rejected' | 'not_reached', expected: string, found: string, remedy: string | null }} Step
 * @typedef {{ outcome: string, code: string | null, status: number | null, detail: string | null, steps: Step[] }} Explanation
 * @typedef {{ name: string, status: number, reason: string, headers: [string, string][], body: string }} ApiResponse
 * @typedef {{ responses: ApiResponse[], explanation: Explanation | null }} TryResult
 */

const marks = { passed: '✓', rejected: '✕', not_reached: '·' }
const labels = { passed: 'passed', rejected: 'rejected', not_reached: 'not reached' }

/** Shows the responses of the servers on a route, and the steps to them. @param {string} path @param {TryResult} result @returns {Node[]} */
export function showResponses(path, { responses, explanation }) {
  const [first] = responses
  if (first === undefined) return []
  const isGood = first.status < 400
  return [
    make('p', `status ${isGood ? 'good' : 'bad'}`, `GET ${path}: ${first.status} ${first.reason}`),
    ...compare(responses),
    make('pre', '', formatResponse(first)),
    make('h3', '', 'Steps'),
    explanation === null ? make('p', 'note', 'No steps: the route is public.') : showSteps(explanation),
  ]
}

/** @param {ApiResponse[]} responses @returns {Node[]} */
function compare(responses) {
  const [first, ...others] = responses
  if (first === undefined || others.length === 0) return []
  const different = others.filter((response) => formatResponse(response) !== formatResponse(first))
  const names = responses.map(({ name }) => name)
  if (different.length === 0) {
    return [make('p', 'same', `${names.slice(0, -1).join(', ')} and ${names.at(-1)} sent the same response.`)]
  }
  return [
    make('p', 'differ', 'The responses differ.'),
    ...different.map((response) => make('pre', '', `${response.name}\n${formatResponse(response)}`)),
  ]
}

/** @param {ApiResponse} response */
function formatResponse({ status, reason, headers, body }) {
  return [
    `HTTP/1.1 ${status} ${reason}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    '',
    indent(body),
  ].join('\n')
}

/** @param {string} body */
function indent(body) {
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body
  }
}

/** @param {Explanation} explanation */
function showSteps({ steps }) {
  const items = steps.map(({ step, verdict, expected, found, remedy }) => {
    const name = make('strong', '', step)
    const mark = make('span', 'mark', marks[verdict])
    mark.setAttribute('role', 'img')
    mark.setAttribute('aria-label', labels[verdict])
    const text = make('div', '', make('p', '', name, ` – ${expected}`))
    if (found !== '') text.append(make('p', '', `found: ${found}`))
    if (remedy !== null) text.append(make('p', 'remedy', remedy))
    return make('li', verdict, mark, text)
  })
  return make('ol', 'steps', ...items)
}
