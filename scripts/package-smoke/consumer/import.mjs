// node import.mjs <core | express | fastify | koa | issuer | redis | otel | testing>
import { check } from './check.mjs'

const [name] = process.argv.slice(2)
await check(name, await import(`@claimcheck/${name}`))
