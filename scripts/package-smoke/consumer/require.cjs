// node require.cjs <core | express | fastify | koa | issuer | redis | otel | testing>
const [name] = process.argv.slice(2)
const claimcheck = require(`@claimcheck/${name}`)

void import('./check.mjs').then(({ check }) => check(name, claimcheck))
