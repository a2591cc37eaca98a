// node serve-auth.ts <block>: puts the `auth` that a block exports behind a server that responds with the subject and
// the roles.
import { createServer } from 'node:http'
import { pathToFileURL } from 'node:url'
import { isAuthError, toErrorResponse } from '@claimcheck/core'
import type { Auth } from '@claimcheck/core'

const [, , block = ''] = process.argv
const { auth } = (await import(pathToFileURL(block).href)) as { readonly auth: Auth }

const server = createServer((request, response) => {
  auth.authenticate(request).then(
    ({ subject, roles }) => response.end([subject, ...roles].join(' ')),
    (error: unknown) => {
      if (!isAuthError(error)) throw error
      const { status, headers, body } = toErrorResponse(error)
      response.writeHead(status, headers).end(body)
    },
  )
})

server.listen()
