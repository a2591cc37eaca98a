import type { CacheFigures } from '../cache/run-cache.ts'
import type { DiagnosticsFigures } from '../diagnostics/run-diagnostics.ts'
import type { FloodFigures } from '../flood/run-flood.ts'
import type { HttpFigures } from '../http/run-http.ts'
import type { RevocationFigures } from '../revocation/run-revocation.ts'
import type { StartFigures } from '../start/run-start.ts'
import type { VerifyFigures } from '../verify/run-verify.ts'
import type { Surroundings } from '../write-figures.ts'

/** What the benches of speed found out, each by its name. */
export interface Figures {
  readonly verify: VerifyFigures
  readonly cache: CacheFigures
  readonly revocation: RevocationFigures
  readonly diagnostics: DiagnosticsFigures
  readonly http: HttpFigures
  readonly flood: FloodFigures
  readonly start: StartFigures
}

export type BenchName = keyof Figures

/** The figures of a run, as they are kept in a file, so that a page can be made of those of several. */
export interface Run<F> {
  readonly made: Surroundings
  /** The packages that took part, with their versions. */
  readonly versions: readonly string[]
  readonly figures: F
}

/** The last run of each bench that has run. */
export type Runs = { readonly [K in BenchName]?: Run<Figures[K]> }
