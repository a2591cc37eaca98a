/** For authors of adapters: the tests that every claimcheck adapter passes. */
export { testAdapter } from './contract/test-adapter.ts'
export type { ContractSettings } from './contract/test-adapter.ts'
export type { TestRunner } from './contract/suite.ts'
export type { AppSpec, Caller, Mount, RouteSpec, ErrorResponseLike } from './contract/app-spec.ts'
export { running } from './contract/running-app.ts'
export type { CreateServer, RunningApp } from './contract/running-app.ts'
