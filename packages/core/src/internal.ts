/** For packages beside core: settings are read, and refused with a ConfigError, in one way. */
export { createMillisecondsClock, createSecondsClock } from './lib/user-code.ts'
/** For errors of stores and logins, which `authErrorHandler` of every adapter responds to. */
export { carryResponse, unavailableResponse } from './failure/error-response.ts'
export type { ResponseParts } from './failure/error-response.ts'
/** For tools that look at the settings of the environment as `createAuth()` does. */
export { invalidVariable, isProduction, namingVariables, readEnvironment } from './config/env.ts'
export { at, describe, readFields, readFunction, readNumber, readString, readStrings } from './lib/options.ts'
export type { Fields } from './lib/options.ts'
/** Reads that prototype pollution cannot change. */
export { classProperty, hasMethod, hasOwn, getOwn, withoutPrototype } from './lib/properties.ts'
/** What is signed must be what core takes: scopes that a challenge can name, secrets as long as their hash. */
export { isScope } from './failure/errors.ts'
export { findAlgorithm, hmacSecretBytes } from './lib/algorithms.ts'
/** The one definition of localhost: `localhost`, 127.0.0.0/8 and `[::1]`, as `URL.hostname` writes it. */
export { isLoopback } from './keys/fetch-json.ts'
export { importParameters, signatureParameters } from './platform/web-parameters.ts'
