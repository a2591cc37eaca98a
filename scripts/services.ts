import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** A program that some tests need and that npm does not install. */
export type Service = 'redis-server' | 'chromium' | 'wrk'

const services = JSON.parse(readFileSync(new URL('services.json', import.meta.url), 'utf8')) as Readonly<
  Record<Service, { readonly programs: readonly string[] }>
>

/** Returns the path of the first program of a service on the PATH, or null. */
export function findService(service: Service): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const candidates = folders.flatMap((folder) => services[service].programs.map((name) => join(folder, name)))
  return candidates.find((candidate) => existsSync(candidate)) ?? null
}

/** Whether to skip tests that need this service. With CI=true they are not skipped, and fail if it is not installed. */
export function isMissing(service: Service): boolean {
  return process.env['CI'] !== 'true' && findService(service) === null
}

/** The options of a test or suite that needs a service. The summary of the run reads `meta` of skipped tests. */
export function needs(service: Service): { readonly skip: boolean; readonly meta: { readonly needs: Service } } {
  return { skip: isMissing(service), meta: { needs: service } }
}

declare module 'vitest' {
  interface TaskMeta {
    needs?: Service
  }
}
