import { make } from './elements.js'

/** @typedef {import('./result.js').Step} Step */

/**
 * Shows the steps of a request: a line for each one that passed, and the one that rejected it in full.
 * @param {import('./result.js').Explanation | null} explanation @param {string | null} clientCode the code that the client sees
 * @returns {Node[]}
 */
export function showWhy(explanation, clientCode) {
  if (explanation === null)
    return [make('p', 'quiet', 'The route is public. It reads no token, so there are no steps.')]
  const { steps, code } = explanation
  const list = make('ol', 'steps')
  for (const step of steps) {
    if (step.verdict === 'passed') list.append(make('li', '', showStep(step, [])))
    if (step.verdict === 'rejected') list.append(make('li', 'rejected', showStep(step, showDocs(code, clientCode))))
  }
  const rest = steps.filter(({ verdict }) => verdict === 'not_reached').map(({ step }) => step)
  if (rest.length > 0) list.append(make('li', 'not-reached', `Not reached: ${rest.join(', ')}.`))
  return [list]
}

/** Says in one sentence which step decided. @param {import('./result.js').Explanation | null} explanation */
export function summarize(explanation) {
  if (explanation === null) return 'The route is public.'
  const { steps } = explanation
  const rejecting = steps.findIndex(({ verdict }) => verdict === 'rejected')
  if (rejecting === -1) return `All ${steps.length} steps passed.`
  return `Step ${rejecting + 1} of ${steps.length} rejected it.`
}

/** @param {Step} step @param {Node[]} more */
function showStep({ step, verdict, expected, found, remedy }, more) {
  const isPassed = verdict === 'passed'
  const mark = make('span', 'mark', isPassed ? '✓' : '✕')
  mark.setAttribute('role', 'img')
  mark.setAttribute('aria-label', verdict)
  // "ok" says less than what was expected.
  const short = make('span', 'short', found === 'ok' ? expected : found)
  const details = document.createElement('details')
  details.open = !isPassed
  const facts = make('dl', '', ...fact('expected', expected), ...fact('found', found))
  if (remedy !== null) facts.append(...fact('remedy', remedy))
  if (more.length > 0) facts.append(...fact('docs', ...more))
  details.append(make('summary', '', mark, make('span', 'step', step), short), facts)
  return details
}

/** @param {string} name @param {...(Node | string)} content */
function fact(name, ...content) {
  return [make('dt', '', name), make('dd', '', ...content)]
}

/** Links to the section of the code in the docs. @param {string | null} code @param {string | null} clientCode @returns {Node[]} */
function showDocs(code, clientCode) {
  if (code === null) return []
  const link = document.createElement('a')
  link.href = `errors/${encodeURIComponent(code)}`
  link.target = '_blank'
  link.textContent = `errors.md, ${code}`
  const isPrecise = clientCode !== null && code !== clientCode
  const note = ` The client sees ${clientCode}. The precise code is only for your log.`
  return isPrecise ? [make('span', '', link, '.', note)] : [link]
}
