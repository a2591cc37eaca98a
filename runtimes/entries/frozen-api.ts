// An API on Node with fetched keys. A file says how far its clock is ahead, so that a test can freeze it for hours.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createAuth, isAuthError } from '@claimcheck/core'

const [jwksUrl = '', clockFile = ''] = process.argv.slice(2)
const auth = createAuth({
  issuer: 'https://issuer.test',
  audience: 'runtimes',
  keys: { jwksUrl },
  now: () => Date.now() + Number(readFileSync(clockFile, 'utf8')),
})

const server = createServer(async (request, response) => {
  try {
    const { subject } = await auth.authenticate(request)
    response.end(subject)
  } catch (error) {
    response.statusCode = isAuthError(error) ? error.status : 500
    response.end(String(response.statusCode))
  }
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  console.log(typeof address === 'object' ? address?.port : address)
})
