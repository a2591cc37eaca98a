/** Not public API: for the other packages of this repository. These read the clock that an option sets. */
export { createMillisecondsClock, createSecondsClock } from './lib/user-code.ts'
/** For errors of stores and logins: the response that `authErrorHandler` of every adapter sends. */
export { carryResponse, unavailableResponse } from './failure/error-response.ts'
export type { ResponseParts } from './failure/error-response.ts'
/** For tools that read options from the environment as `createAuth()` does. */
export { invalidVariable, isProduction, namingVariables, readEnvironment } from './config/env.ts'
/** Read options, and throw a ConfigError for those that are missing, unknown or invalid. */
export { at, describe, readFields, readFunction, readNumber, readString, readStrings } from './lib/options.ts'
export type { Fields } from './lib/options.ts'
/** Property reads that a polluted prototype does not affect. */
export { classProperty, hasMethod, hasOwn, getOwn, withoutPrototype } from './lib/properties.ts'
/** Rules that the issuer must follow so that core accepts its tokens: scopes for a challenge, algorithms, sizes of secrets. */
export { isScope } from './failure/errors.ts'
export { findAlgorithm, hmacSecretBytes } from './lib/algorithms.ts'
/** The one definition of localhost: `localhost`, 127.0.0.0/8 and `[::1]`, as `URL.hostname` writes it. */
export { isLoopback } from './keys/fetch-json.ts'
export { importParameters, signatureParameters } from './platform/web-parameters.ts'
