import { AssertionError } from 'node:assert'
import { testAdapter } from '@claimcheck/testing/adapter'
import type { CreateServer } from '@claimcheck/testing/adapter'
import { describe, expect, it } from 'vitest'
import { createNodeHttpServer } from './node-http-server.ts'
import type { Fault } from './node-http-server.ts'

describe('an adapter for node:http passes the contract', () => {
  testAdapter(createNodeHttpServer(), { describe, it })
})

/** Each fault, and a contract test that it fails. */
const faults: readonly (readonly [fault: Fault, failing: string])[] = [
  ['accepts every request', 'bad requests > rejects a request without a token'],
  ['runs no guard', 'bad requests > rejects a caller without the role'],
  ['accepts every OPTIONS request', 'methods and paths > rejects OPTIONS without a token'],
  [
    'stores the caller by connection',
    'the caller > provides each of ten concurrent requests on one connection with its own caller',
  ],
  [
    'keeps the value of an earlier middleware',
    "onError: 'forward' > provides no caller to the error handler of a forwarded AuthError",
  ],
  [
    'ignores the mode',
    'mode optional > accepts a request without a token in mode optional, without a principal or an error',
  ],
  [
    'responds to errors that it should forward',
    "onError: 'forward' > passes the AuthError to the application’s error handler: access_denied",
  ],
  [
    'continues after a bug',
    'a bug in mode attempt > responds with 500 to a role rule that throws in mode attempt, without calling the handler',
  ],
  ['responds to a bug with 401', 'responds with 500 if a handler calls getAuth and no middleware is mounted'],
  ['adds a charset', 'bad requests > rejects a token at the end of the tolerance'],
  ['omits the challenge', 'bad requests > rejects a caller who lacks a scope, and names all scopes of the route'],
  ['responds before CORS', 'CORS registered first > keeps the CORS headers on an error response: access_denied'],
  [
    'omits the headers of a forwarded error',
    "onError: 'forward' > sends status and headers of a forwarded AuthError with the framework’s own error handler: token_malformed",
  ],
  ['runs only the first guard', 'a guard > rejects a caller who does not meet the second of several guards'],
  ['runs only the last guard', 'a guard > rejects a caller who does not meet the first of several guards'],
  ['runs the last guard first', 'a guard > runs several guards in order'],
  ['runs the last guard first', 'sends the error of the first guard that is not met'],
  ['runs no guard for HEAD', 'a guard > runs a guard for HEAD'],
  ['runs no guard for a URL with a query', 'a guard > runs a guard for a URL with a query'],
  [
    'sends the stack trace of a bug',
    'a bug in mode required > responds with 500 to a role rule that throws in mode required, without calling the handler',
  ],
  [
    'has no authErrorHandler',
    'authErrorHandler > sends the response for token_missing if a handler throws it in mode optional',
  ],
  ['has no authErrorHandler', 'authErrorHandler > sends the response for access_denied if it is forwarded'],
  ['responds only to AuthErrors', 'authErrorHandler > sends 503 if a store is full, without the message of the error'],
  ['responds only to AuthErrors', 'authErrorHandler > sends the response that is attached to an error'],
  [
    'responds to every error that has a status',
    'authErrorHandler > passes an error with its own status on to the framework, which responds as without authErrorHandler',
  ],
  [
    'sends the code for logs',
    'authErrorHandler > sends the response for key_not_found if a handler throws it in mode required',
  ],
  [
    'sends the message of a thrown error',
    'authErrorHandler > sends 503 if a store is full, without the message of the error',
  ],
  [
    'omits the challenge of a thrown error',
    'authErrorHandler > sends the response for scope_insufficient if a handler throws it in mode required',
  ],
  [
    'handles every error itself',
    'authErrorHandler > passes every other error unchanged to the application’s error handler',
  ],
  [
    'responds after the application’s error handler',
    'authErrorHandler > responds before the application’s error handler',
  ],
]

it.each(faults)('the contract fails an adapter that %s', async (fault, failing) => {
  const correct = collectTests(createNodeHttpServer()).get(failing)
  const faulty = collectTests(createNodeHttpServer(fault)).get(failing)
  await expect(correct?.()).resolves.toBeUndefined()
  await expect(faulty?.()).rejects.toThrow(AssertionError)
})

/** Collects the tests of the contract by name, without running them. */
function collectTests(createServer: CreateServer): ReadonlyMap<string, () => Promise<void>> {
  const path: string[] = []
  const tests = new Map<string, () => Promise<void>>()
  testAdapter(createServer, {
    describe(name, body) {
      path.push(name)
      body()
      path.pop()
    },
    it: (name, body) => tests.set([...path, name].join(' > '), body),
  })
  return tests
}
