import { readFileSync, writeFileSync } from 'node:fs'
import { z } from 'zod'

const counts = {
  /** Valid cases that were accepted, and invalid ones that were rejected. */
  passed: z.number(),
  /** The cases that apply to the package. */
  total: z.number(),
  notApplicable: z.number(),
}

const packageFigures = z.object({
  name: z.string(),
  version: z.string(),
  /** The packages that verify the signature or find the key, with their versions. */
  with: z.array(z.string()),
  ...counts,
  /** How often the response was a 5xx, or there was none. */
  serverErrors: z.number(),
  /** By file of the vectors, or by class of the corpus. */
  files: z.record(z.string(), z.object(counts)),
  /** The cases that did not pass. */
  failed: z.array(z.object({ case: z.string(), expected: z.enum(['accepted', 'rejected']), description: z.string() })),
})

const run = { date: z.string(), node: z.string(), packages: z.array(packageFigures) }
const wycheproof = z.object(run)
/** `author` wrote the cases. `cases` of the `of` that were tried apply to all packages. */
const corpus = z.object({ ...run, author: z.string(), cases: z.number(), of: z.number() })

export type PackageFigures = z.infer<typeof packageFigures>
export type WycheproofFigures = z.infer<typeof wycheproof>
export type CorpusFigures = z.infer<typeof corpus>
export type CorpusResult = Pick<CorpusFigures, 'cases' | 'of' | 'packages'>

const files = {
  wycheproof: new URL('../figures/wycheproof.json', import.meta.url),
  corpus: new URL('../figures/corpus.json', import.meta.url),
}

export function readWycheproofFigures(): WycheproofFigures {
  return wycheproof.parse(JSON.parse(readFileSync(files.wycheproof, 'utf8')))
}

export function readCorpusFigures(): CorpusFigures {
  return corpus.parse(JSON.parse(readFileSync(files.corpus, 'utf8')))
}

export function writeFigures(figures: {
  readonly wycheproof: readonly PackageFigures[]
  readonly corpus: CorpusResult
}) {
  const environment = { date: new Date().toISOString().slice(0, 10), node: process.versions.node }
  write(files.wycheproof, { ...environment, packages: figures.wycheproof })
  write(files.corpus, { ...environment, author: 'the claimcheck authors', ...figures.corpus })
}

function write(file: URL, figures: object): void {
  writeFileSync(file, `${JSON.stringify(figures, null, 2)}\n`)
}
