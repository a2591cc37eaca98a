/** For the other packages of claimcheck, not for users: it can change in any release. */
export { createMillisecondsClock, createSecondsClock } from './lib/user-code.ts'
/** For errors of stores and logins: the response that `authErrorHandler` of every adapter sends. */
export { carryResponse, unavailableResponse } from './failure/error-response.ts'
export type { ResponseParts } from './failure/error-response.ts'
/** Reads the JWT_* variables as `createAuth()` does. */
export { invalidVariable, isProduction, readEnvironment, withVariableNames } from './config/env.ts'
/** Describes the options of a package in a table, and reads them. Every invalid option is a ConfigError. */
export { clockOption, defineOptions, later, number, oneOf, orNull, readOptions, wholeNumber } from './lib/options.ts'
export { at, describe, readFields, readFunction, readNumber, readString, readStrings } from './lib/options.ts'
export type { Fields, LaterOption, OptionsOf, OptionTable, Reader } from './lib/options.ts'
/** Property access that prototype pollution cannot change. */
export { classProperty, getOwn, hasMethod, hasOwn, withoutPrototype } from './lib/properties.ts'
/** An issuer signs only what core accepts: valid scopes, and secrets that are as long as the hash. */
export { isScope } from './failure/errors.ts'
export { findAlgorithm, hmacSecretBytes } from './lib/algorithms.ts'
/** The one definition of localhost: `localhost`, 127.0.0.0/8 and `[::1]`, as `URL.hostname` writes it. */
export { isLoopback } from './keys/fetch-json.ts'
export { importParameters, signatureParameters } from './platform/web-parameters.ts'
