import { createAuth } from '@claimcheck/express'
import { createApp, roles } from './app.ts'

const auth = createAuth({ issuer: 'https://login.example', audience: 'https://api.example', roles })
createApp(auth).listen(Number(process.env['PORT'] ?? 3000))
