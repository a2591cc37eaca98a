import { make } from './elements.js'

/**
 * What `POST /try` gives.
 * @typedef {{ step: string, verdict: 'passed' | 'refused' | 'unreached', expected: string, found: string, remedy: string | null }} Step
 * @typedef {{ outcome: string, code: string | null, status: number | null, detail: string | null, steps: Step[] }} Explanation
 * @typedef {{ name: string, status: number, reason: string, headers: [string, string][], body: string }} Answer
 * @typedef {{ answers: Answer[], explanation: Explanation | null }} Tried
 */

const marks = { passed: '✓', refused: '✕', unreached: '·' }
const spoken = { passed: 'passed', refused: 'refused', unreached: 'not reached' }

/** What the servers answered on a route, and how it came to that. @param {string} path @param {Tried} tried @returns {Node[]} */
export function showAnswer(path, { answers, explanation }) {
  const [first] = answers
  if (first === undefined) return []
  const isGood = first.status < 400
  return [
    make('p', `status ${isGood ? 'good' : 'bad'}`, `GET ${path}: ${first.status} ${first.reason}`),
    ...compared(answers),
    make('pre', '', textOf(first)),
    make('h3', '', 'How it came to that'),
    explanation === null ? make('p', 'note', 'No step was taken: the route is public.') : stepsOf(explanation),
  ]
}

/** @param {Answer[]} answers @returns {Node[]} */
function compared(answers) {
  const [first, ...others] = answers
  if (first === undefined || others.length === 0) return []
  const different = others.filter((answer) => textOf(answer) !== textOf(first))
  const names = answers.map(({ name }) => name)
  if (different.length === 0) {
    return [make('p', 'same', `${names.slice(0, -1).join(', ')} and ${names.at(-1)} gave the same answer.`)]
  }
  return [
    make('p', 'differ', 'The servers differ.'),
    ...different.map((answer) => make('pre', '', `${answer.name}\n${textOf(answer)}`)),
  ]
}

/** @param {Answer} answer */
function textOf({ status, reason, headers, body }) {
  return [
    `HTTP/1.1 ${status} ${reason}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    '',
    indented(body),
  ].join('\n')
}

/** @param {string} body */
function indented(body) {
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body
  }
}

/** @param {Explanation} explanation */
function stepsOf({ steps }) {
  const items = steps.map(({ step, verdict, expected, found, remedy }) => {
    const name = make('strong', '', step)
    const mark = make('span', 'mark', marks[verdict])
    mark.setAttribute('role', 'img')
    mark.setAttribute('aria-label', spoken[verdict])
    const words = make('div', '', make('p', '', name, ` – ${expected}`))
    if (found !== '') words.append(make('p', '', `found: ${found}`))
    if (remedy !== null) words.append(make('p', 'remedy', remedy))
    return make('li', verdict, mark, words)
  })
  return make('ol', 'steps', ...items)
}
