// pnpm conformance: runs the attack corpus on core and on every adapter, prints the table and writes docs/conformance.md.
// pnpm conformance --peers: runs Wycheproof and the corpus on other packages, too, and writes conformance/figures.
import { writeFigures } from '../peers/figures.ts'
import { peers } from '../peers/peers.ts'
import { runCorpus } from '../peers/corpus.ts'
import { runWycheproof, wycheproofFiles } from '../peers/wycheproof.ts'
import { loadTargets } from '../src/targets.ts'
import { AttackRun } from './attack-run.ts'
import { loadCorpus } from './corpus/load-corpus.ts'
import { columns, printDocument, printTable, readPeerFigures, writeDocument } from './document.ts'
import { adapterTarget } from './targets/adapter-target.ts'
import { coreTarget } from './targets/core-target.ts'

const corpus = loadCorpus()
const targets = [coreTarget, ...(await loadTargets()).map(adapterTarget)]
const missing = columns.filter((column) => !targets.some((target) => target.column === column))
if (missing.length > 0) fail(`The adapters for these columns are missing: ${missing.join(', ')}.`)
else {
  if (process.argv.includes('--peers')) {
    const wycheproof = await runWycheproof(peers, wycheproofFiles)
    writeFigures({ wycheproof, corpus: await runCorpus(peers, corpus) })
  }
  const run = new AttackRun(corpus, targets)
  const scores = await run.scores()
  for (const target of targets) {
    for (const attack of run.casesOf(target)) {
      const problems = await run.problemsOf(attack, target)
      if (problems.length > 0) fail(`✗ ${target.name}: ${attack.id}, ${attack.description}\n  ${problems.join('\n  ')}`)
    }
  }
  await run.close()
  console.log(printTable(scores, corpus.attacks))
  writeDocument(printDocument(scores, corpus.attacks, readPeerFigures()))
}

function fail(message: string): void {
  console.error(message)
  process.exitCode = 1
}
