import { table } from '../report/markdown.ts'
import type { Row } from './run-scenarios.ts'
import type { OutageFigures, StormFigures, Tally, WithdrawalFigures } from './scenarios.ts'

/** The figures of all contenders, as Markdown. */
export function keyTables(rows: readonly Row[]): string {
  const versions = new Set(rows.flatMap(({ versions: own }) => own))
  const parts = [storm(rows), outage(rows), withdrawal(rows), waiting(rows), `With ${[...versions].join(', ')}.`]
  return parts.join('\n\n')
}

/**
 * Wrong is every response that rejects a valid client or blames it: for the cached key everything but acceptance, for a
 * key that cannot be fetched everything but an outage.
 */
export function wrongResponses({ cached, unfetched }: OutageFigures): Tally {
  return {
    accepted: 0,
    rejected: cached.rejected + unfetched.rejected,
    outage: cached.outage,
    unexplained: cached.unexplained + unfetched.unexplained,
    'no response': cached['no response'] + unfetched['no response'],
  }
}

function storm(rows: readonly Row[]): string {
  const head = ['fetches', 'in one burst', 'over 5 minutes', 'over 5 minutes of outage', 'valid tokens rejected']
  const goal = ['*goal*', '1', '10: one per 30 s', '10', '0']
  const lines = rows.map(({ contender, figures: { burst, spread, spreadInOutage } }) => {
    const storms = [burst, spread, spreadInOutage]
    return [contender, ...storms.map(({ fetches }) => count(fetches)), rejectedIn(storms)]
  })
  return section('A storm of made-up kid values', [head, goal, ...lines])
}

function outage(rows: readonly Row[]): string {
  const head = ['wrong responses', 'server sends 500', 'server drops connections', 'server never responds']
  const goal = ['*goal*', '0', '0', '0', '', '']
  const lines = rows.map(({ contender, figures: { outageFails, outageDrops, outageStalls } }) => {
    const outages = [outageFails, outageDrops, outageStalls]
    // How long a contender waits before its next fetch can depend on chance, so the slowest of three is shown.
    const slowest = Math.max(...outages.map(({ recoverySeconds }) => recoverySeconds ?? Infinity))
    return [contender, ...outages.map(wrongIn), count(outageFails.fetches), `${slowest} s`]
  })
  const title = 'An outage, with cached keys'
  return section(title, [[...head, 'fetches', 'new key accepted after, at most'], goal, ...lines])
}

function withdrawal(rows: readonly Row[]): string {
  const head = ['rejected after', 'only its tokens arrive', 'tokens of the new key arrive too']
  const goal = ['*goal*', 'one refresh, 10 min', 'one refresh']
  const lines = rows.map(({ contender, figures: { withdrawnAlone, withdrawnWithNext } }) => {
    return [contender, minutesOf(withdrawnAlone), minutesOf(withdrawnWithNext)]
  })
  return section('A withdrawn key', [head, goal, ...lines])
}

function waiting(rows: readonly Row[]): string {
  const lines = rows.map(({ contender, figures: { refresh } }) => {
    return [contender, `${count(refresh.waited)} of ${count(refresh.sent)}`, count(refresh.fetches)]
  })
  return section('Waiting', [['', 'requests that waited', 'fetches'], ['*goal*', '0', 'one per refresh'], ...lines])
}

function wrongIn(figures: OutageFigures): string {
  const wrong = Object.entries(wrongResponses(figures)).filter(([, times]) => times > 0)
  return wrong.length === 0 ? '0' : wrong.map(([verdict, times]) => `${count(times)} ${verdict}`).join(', ')
}

function rejectedIn(storms: readonly StormFigures[]): string {
  const sent = storms.flatMap(({ valid }) => Object.entries(valid))
  return count(sent.reduce((total, [verdict, times]) => (verdict === 'accepted' ? total : total + times), 0))
}

function minutesOf({ seconds, maxMinutes }: WithdrawalFigures): string {
  if (seconds === null) return `not within ${maxMinutes / 60} h`
  return seconds < 60 ? `${seconds} s` : `${(seconds / 60).toFixed(1)} min`
}

function count(number: number): string {
  return number.toLocaleString('en')
}

function section(title: string, rows: readonly (readonly string[])[]): string {
  return `### ${title}\n\n${table(rows, '---')}`
}
