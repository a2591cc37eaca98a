import { cachePackages } from '../cache/contenders.ts'
import { cacheGoals } from '../cache/cache-goals.ts'
import { cacheCharts, cacheTables } from '../cache/cache-tables.ts'
import { runCache } from '../cache/run-cache.ts'
import { diagnosticsGoals } from '../diagnostics/diagnostics-goals.ts'
import { diagnosticsTables } from '../diagnostics/diagnostics-tables.ts'
import { runDiagnostics } from '../diagnostics/run-diagnostics.ts'
import { floodGoals } from '../flood/flood-goals.ts'
import { floodCharts, floodTables } from '../flood/flood-tables.ts'
import { runFlood } from '../flood/run-flood.ts'
import type { Form, Progress } from '../form.ts'
import { httpPackages } from '../http/contenders.ts'
import { httpGoals } from '../http/http-goals.ts'
import { httpCharts, httpTables } from '../http/http-tables.ts'
import { whatLoadLacks } from '../http/load.ts'
import { runHttp } from '../http/run-http.ts'
import { revocationGoals } from '../revocation/revocation-goals.ts'
import { revocationTables } from '../revocation/revocation-tables.ts'
import { runRevocation } from '../revocation/run-revocation.ts'
import { importedPackages } from '../start/imported-packages.ts'
import { runStart } from '../start/run-start.ts'
import { startGoals } from '../start/start-goals.ts'
import { startCharts, startTables } from '../start/start-tables.ts'
import { verifiedPackages } from '../verify/contenders.ts'
import { runVerify } from '../verify/run-verify.ts'
import { verifyGoals } from '../verify/verify-goals.ts'
import { verifyCharts, verifyTables } from '../verify/verify-tables.ts'
import type { Chart } from './chart.ts'
import type { BenchName, Figures } from './figures.ts'
import type { Goal } from './goal.ts'

/** A bench of speed: how its figures come about, and how they are shown. */
export interface Bench<F> {
  readonly packages: readonly string[]
  /** What is missing on this machine to run it, or null. */
  readonly lacks: () => Promise<string | null>
  readonly run: (form: Form, progress: Progress) => Promise<F>
  readonly tables: (figures: F) => string
  readonly charts: (figures: F) => readonly Chart[]
  readonly goals: (figures: F) => readonly Goal[]
}

const nothing = async () => null

/** In the order of the page. */
export const benches: { readonly [K in BenchName]: Bench<Figures[K]> } = {
  verify: {
    packages: verifiedPackages,
    lacks: nothing,
    run: runVerify,
    tables: verifyTables,
    charts: verifyCharts,
    goals: verifyGoals,
  },
  cache: {
    packages: cachePackages,
    lacks: nothing,
    run: runCache,
    tables: cacheTables,
    charts: cacheCharts,
    goals: cacheGoals,
  },
  revocation: {
    packages: ['@claimcheck/core'],
    lacks: nothing,
    run: runRevocation,
    tables: revocationTables,
    charts: () => [],
    goals: revocationGoals,
  },
  diagnostics: {
    packages: ['@claimcheck/core'],
    lacks: nothing,
    run: runDiagnostics,
    tables: diagnosticsTables,
    charts: () => [],
    goals: diagnosticsGoals,
  },
  http: {
    packages: httpPackages,
    lacks: whatLoadLacks,
    run: runHttp,
    tables: httpTables,
    charts: httpCharts,
    goals: httpGoals,
  },
  flood: {
    packages: httpPackages,
    lacks: whatLoadLacks,
    run: runFlood,
    tables: floodTables,
    charts: floodCharts,
    goals: floodGoals,
  },
  start: {
    packages: importedPackages.map((name) => (name === 'hono/jwt' ? 'hono' : name)),
    lacks: nothing,
    run: runStart,
    tables: startTables,
    charts: startCharts,
    goals: startGoals,
  },
}

export const benchNames = Object.keys(benches) as BenchName[]
