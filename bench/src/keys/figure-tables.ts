import type { Row } from './run-scenarios.ts'
import type { OutageFigures } from './scenarios/outage.ts'
import type { StormFigures } from './scenarios/storm.ts'
import type { WithdrawalFigures } from './scenarios/withdrawal.ts'
import type { Tally } from './verdict.ts'

/** The figures of all contenders, as Markdown. */
export function figureTables(rows: readonly Row[]): string {
  const versions = new Set(rows.flatMap(({ versions: own }) => own))
  const parts = [storm(rows), outage(rows), withdrawal(rows), waiting(rows), `With ${[...versions].join(', ')}.`]
  return parts.join('\n\n')
}

/**
 * Wrong is what turns a good caller away, or says that it is to blame: any answer to a token of the held key but that
 * it may pass, and any to a token of a key that cannot be fetched but that the keys cannot be had now.
 */
export function wrongAnswers({ held, unfetched }: OutageFigures): Tally {
  return {
    passed: 0,
    refused: held.refused + unfetched.refused,
    outage: held.outage,
    unexplained: held.unexplained + unfetched.unexplained,
    'no answer': held['no answer'] + unfetched['no answer'],
  }
}

function storm(rows: readonly Row[]): string {
  const head = ['fetches', 'at one instant', 'over 5 minutes', 'over 5 minutes of outage', 'good tokens rejected']
  const goal = ['*goal*', '1', '10: one per 30 s', '10', '0']
  const lines = rows.map(({ contender, figures: { burst, spread, spreadInOutage } }) => {
    const storms = [burst, spread, spreadInOutage]
    return [contender, ...storms.map(({ fetches }) => count(fetches)), refusedIn(storms)]
  })
  return section('A storm of made-up kids', [head, goal, ...lines])
}

function outage(rows: readonly Row[]): string {
  const head = ['wrong answers', 'server sends 500', 'server drops connections', 'server never responds']
  const goal = ['*goal*', '0', '0', '0', '', '']
  const lines = rows.map(({ contender, figures: { outageFails, outageDrops, outageHolds } }) => {
    const outages = [outageFails, outageDrops, outageHolds]
    // How long a contender leaves the server alone may be a matter of chance: one outage alone would say little.
    const slowest = Math.max(...outages.map(({ recoverySeconds }) => recoverySeconds ?? Infinity))
    return [contender, ...outages.map(wrongIn), count(outageFails.fetches), `${slowest} s`]
  })
  return section('An outage, with cached keys', [[...head, 'fetches', 'new key passes after, at most'], goal, ...lines])
}

function withdrawal(rows: readonly Row[]): string {
  const head = ['rejected after', 'only its tokens arrive', 'tokens of the new key arrive too']
  const goal = ['*goal*', 'one refresh, 10 min', 'one refresh']
  const lines = rows.map(({ contender, figures: { withdrawnAlone, withdrawnBeside } }) => {
    return [contender, minutesOf(withdrawnAlone), minutesOf(withdrawnBeside)]
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
  const wrong = Object.entries(wrongAnswers(figures)).filter(([, times]) => times > 0)
  return wrong.length === 0 ? '0' : wrong.map(([verdict, times]) => `${count(times)} ${verdict}`).join(', ')
}

function refusedIn(storms: readonly StormFigures[]): string {
  const sent = storms.flatMap(({ good }) => Object.entries(good))
  return count(sent.reduce((total, [verdict, times]) => (verdict === 'passed' ? total : total + times), 0))
}

function minutesOf({ seconds, minutesGiven }: WithdrawalFigures): string {
  if (seconds === null) return `not within ${minutesGiven / 60} h`
  return seconds < 60 ? `${seconds} s` : `${(seconds / 60).toFixed(1)} min`
}

function count(number: number): string {
  return number.toLocaleString('en')
}

function section(title: string, [head = [], ...rows]: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
  return `### ${title}\n\n${lines.join('\n')}`
}
