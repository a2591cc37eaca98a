import { cachePackages } from './cache/contenders.ts'
import { cacheCharts, cacheFaster, cacheGoals, cacheTables } from './cache/report.ts'
import { runCache } from './cache/run-cache.ts'
import type { CacheFigures } from './cache/run-cache.ts'
import { diagnosticsGoals, diagnosticsTables } from './diagnostics/report.ts'
import { runDiagnostics } from './diagnostics/run-diagnostics.ts'
import type { DiagnosticsFigures } from './diagnostics/run-diagnostics.ts'
import { floodCharts, floodFaster, floodGoals, floodTables } from './flood/report.ts'
import { runFlood } from './flood/run-flood.ts'
import type { FloodFigures } from './flood/run-flood.ts'
import { httpPackages } from './http/contenders.ts'
import { missingTools } from './http/load.ts'
import { httpCharts, httpFaster, httpGoals, httpTables } from './http/report.ts'
import { runHttp } from './http/run-http.ts'
import type { HttpFigures } from './http/run-http.ts'
import type { Progress, RunMode } from './lib/run-mode.ts'
import type { Chart } from './report/draw-chart.ts'
import type { FasterPackages } from './report/faster-packages.ts'
import type { Goal } from './report/goal.ts'
import { revocationGoals, revocationTables } from './revocation/report.ts'
import { runRevocation } from './revocation/run-revocation.ts'
import type { RevocationFigures } from './revocation/run-revocation.ts'
import { startCharts, startFaster, startGoals, startTables } from './start/report.ts'
import { runStart, startPackages } from './start/run-start.ts'
import type { StartFigures } from './start/run-start.ts'
import { verifyPackages } from './verify/contenders.ts'
import { verifyCharts, verifyFaster, verifyGoals, verifyTables } from './verify/report.ts'
import { runVerify } from './verify/run-verify.ts'
import type { VerifyFigures } from './verify/run-verify.ts'

/** The figures of each bench on the page of performance. */
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

/** How a bench runs, and how its figures are shown. */
export interface Bench<F> {
  readonly packages: readonly string[]
  /** What must be installed before the bench can run, or null. */
  readonly missing: () => Promise<string | null>
  readonly run: (mode: RunMode, progress: Progress) => Promise<F>
  readonly tables: (figures: F) => string
  readonly charts: (figures: F) => readonly Chart[]
  readonly goals: (figures: F) => readonly Goal[]
  /** The measurements in which another package has a better figure. */
  readonly faster: (figures: F) => readonly FasterPackages[]
}

const nothingMissing = async () => null

/** All benches, in the order of the page. */
export const benches: { readonly [K in BenchName]: Bench<Figures[K]> } = {
  verify: {
    packages: verifyPackages,
    missing: nothingMissing,
    run: runVerify,
    tables: verifyTables,
    charts: verifyCharts,
    goals: verifyGoals,
    faster: verifyFaster,
  },
  cache: {
    packages: cachePackages,
    missing: nothingMissing,
    run: runCache,
    tables: cacheTables,
    charts: cacheCharts,
    goals: cacheGoals,
    faster: cacheFaster,
  },
  revocation: {
    packages: ['@claimcheck/core'],
    missing: nothingMissing,
    run: runRevocation,
    tables: revocationTables,
    charts: () => [],
    goals: revocationGoals,
    faster: () => [],
  },
  diagnostics: {
    packages: ['@claimcheck/core'],
    missing: nothingMissing,
    run: runDiagnostics,
    tables: diagnosticsTables,
    charts: () => [],
    goals: diagnosticsGoals,
    faster: () => [],
  },
  http: {
    packages: httpPackages,
    missing: missingTools,
    run: runHttp,
    tables: httpTables,
    charts: httpCharts,
    goals: httpGoals,
    faster: httpFaster,
  },
  flood: {
    packages: httpPackages,
    missing: missingTools,
    run: runFlood,
    tables: floodTables,
    charts: floodCharts,
    goals: floodGoals,
    faster: floodFaster,
  },
  start: {
    packages: startPackages,
    missing: nothingMissing,
    run: runStart,
    tables: startTables,
    charts: startCharts,
    goals: startGoals,
    faster: startFaster,
  },
}

export const benchNames = Object.keys(benches) as BenchName[]
