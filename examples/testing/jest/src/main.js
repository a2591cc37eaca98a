import { createAuth } from '@claimcheck/koa'
import { createApp, roles } from './app.js'

const auth = createAuth({ issuer: 'https://login.example', audience: 'https://api.example', roles })
createApp(auth).listen(Number(process.env.PORT ?? 3000))
