import { createAuth } from '@claimcheck/fastify'
import { createApp, roles } from './app.ts'

const auth = createAuth({ issuer: 'https://login.example', audience: 'https://api.example', roles })
const app = await createApp(auth)
await app.listen({ port: Number(process.env['PORT'] ?? 3000) })
