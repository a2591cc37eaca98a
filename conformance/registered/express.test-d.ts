import { getAuth, hasRole, jwtAuth, requireRole, requires } from '@claimcheck/express'
import '@claimcheck/express/augment'
import express from 'express'
import { auth } from './auth.ts'

const app = express()
app.use(jwtAuth(auth))
app.use(jwtAuth(auth, { mode: 'optional', onError: 'forward' }))
app.use(jwtAuth())
app.get('/', requireRole('admin', 'editor'), (request, response) => {
  const tenant: number = getAuth(request).claims.tenant
  const same: number | undefined = request.auth?.claims.tenant
  // @ts-expect-error the middleware may have let the request pass without a principal
  const sure: number = request.auth.claims.tenant
  response.json({ tenant, same, sure })
})
app.get('/policy', requires(hasRole('editor')))
// @ts-expect-error a misspelt role does not compile
app.get('/', requireRole('amdin'))
// @ts-expect-error nor in a policy
app.get('/', requires(hasRole('amdin')))
// @ts-expect-error nor no role at all
app.get('/', requireRole())
// @ts-expect-error nor an unknown mode
app.use(jwtAuth(auth, { mode: 'lenient' }))
