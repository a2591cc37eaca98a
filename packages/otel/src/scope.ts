/** The instrumentation scope of every span and metric: name and version of this package. */
export const scope = { name: '@claimcheck/otel', version: '0.1.0' } as const
