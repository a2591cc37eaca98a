// pnpm standards: writes docs/standards.md, and fails if a row names a test that does not exist.
import { loadCorpus } from '../attacks/corpus/load-corpus.ts'
import { allRequirements, printDocument, writeDocument } from './document.ts'
import { findFault } from './find-tests.ts'

const { attacks } = loadCorpus()
writeDocument(printDocument(attacks))
for (const { section, text, outcome } of allRequirements) {
  for (const fault of outcome.evidence.flatMap((evidence) => findFault(evidence, attacks) ?? [])) {
    console.error(`✗ ${section}, ${text} ${fault}`)
    process.exitCode = 1
  }
}
