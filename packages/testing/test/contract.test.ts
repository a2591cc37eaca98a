import { AssertionError } from 'node:assert'
import { testAdapter } from '@claimcheck/testing/adapter'
import type { CreateServer } from '@claimcheck/testing/adapter'
import { describe, expect, it } from 'vitest'
import { createNodeHttpServer } from './node-http-server.ts'
import type { Fault } from './node-http-server.ts'

describe('an adapter of node:http alone keeps the contract:', () => {
  testAdapter(createNodeHttpServer(), { describe, it })
})

/** Each fault, and a guarantee that it breaks. */
const faults: readonly (readonly [fault: Fault, broken: string])[] = [
  ['lets everybody in', 'a refusal > refuses a request without a token'],
  ['asks no guard', 'a refusal > refuses a caller without the role'],
  ['lets OPTIONS in', 'methods and paths > are all protected: OPTIONS without a token is refused'],
  [
    'knows the connection and not the request',
    'the caller > is each request’s own, of ten that are verified at one time on one connection',
  ],
  [
    'believes what an earlier middleware left',
    'errors forward > leaves the error handler nobody to take for the caller',
  ],
  ['knows one mode', 'mode optional > lets a request without a token pass, with no principal and no error'],
  [
    'answers what it should forward',
    'errors forward > hands the application’s error handler the AuthError: access_denied',
  ],
  [
    'goes on after a bug',
    'a bug under mode attempt > ends as a 500 and never reaches the handler: a role rule that throws',
  ],
  ['tells of a bug as of a refusal', 'answers 500 where a handler asks for the caller and no middleware is mounted'],
  ['adds a charset', 'a refusal > refuses a token at the end of the tolerance'],
  ['leaves the challenge out', 'a refusal > refuses a caller who lacks a scope, naming all that the route needs'],
  ['refuses before CORS', 'CORS registered first > keeps its headers on a refusal: access_denied'],
  [
    'hides the headers of a forwarded refusal',
    'errors forward > gives the framework’s own error handler the status and the headers: token_malformed',
  ],
  ['asks the first guard alone', 'a guard > stops a caller who does not meet the second of several guards'],
  ['asks the last guard alone', 'a guard > stops a caller who does not meet the first of several guards'],
  ['asks the last guard first', 'a guard > is asked in its order among several'],
  ['asks the last guard first', 'answers what the first of several guards says that is not met'],
  ['asks no guard by HEAD', 'a guard > is asked by HEAD'],
  ['asks no guard where there is a query', 'a guard > is asked where the URL has a query'],
  [
    'shows the stack of a bug',
    'a bug under mode required > ends as a 500 and never reaches the handler: a role rule that throws',
  ],
  [
    'has no authErrorHandler',
    'authErrorHandler > sends token_missing with the bytes of a refusal when a handler throws it under mode optional',
  ],
  [
    'has no authErrorHandler',
    'authErrorHandler > sends access_denied with the bytes of a refusal when it is forwarded',
  ],
  ['responds to AuthErrors alone', 'authErrorHandler > sends 503 for a store that is full, without its message'],
  ['responds to AuthErrors alone', 'authErrorHandler > sends the response that an error carries'],
  [
    'responds to every error that has a status',
    'authErrorHandler > leaves an error with a status of its own to the framework, which responds as without it',
  ],
  [
    'sends the code for logs',
    'authErrorHandler > sends key_not_found with the bytes of a refusal when a handler throws it under mode required',
  ],
  ['sends the message of a thrown error', 'authErrorHandler > sends 503 for a store that is full, without its message'],
  [
    'forgets the challenge of a thrown error',
    'authErrorHandler > sends scope_insufficient with the bytes of a refusal when a handler throws it under mode required',
  ],
  [
    'keeps bugs from the error handler of the application',
    'authErrorHandler > hands every other error to the application’s error handler as it was thrown',
  ],
  [
    'lets the application respond first',
    'authErrorHandler > leaves nothing that it responds to for the application’s error handler',
  ],
]

it.each(faults)('the contract notices an adapter that %s', async (fault, broken) => {
  const sound = declared(createNodeHttpServer()).get(broken)
  const faulty = declared(createNodeHttpServer(fault)).get(broken)
  await expect(sound?.()).resolves.toBeUndefined()
  await expect(faulty?.()).rejects.toThrow(AssertionError)
})

/** The tests of the contract under their names, by a runner that runs none. */
function declared(createServer: CreateServer): ReadonlyMap<string, () => Promise<void>> {
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
