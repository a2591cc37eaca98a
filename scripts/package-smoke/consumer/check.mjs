import assert from 'node:assert/strict'
import { once } from 'node:events'
import { SignJWT } from 'jose'
import { checkCore, checkIssuer, checkOtel, checkRedis, checkTesting, start } from './start.mjs'

const secret = new TextEncoder().encode('thirty-two bytes for a smoke test, no less')
const options = { issuer: 'https://issuer.test', audience: 'smoke', keys: { secret } }

/** Holds a package, as it was loaded, to the answers it owes to a good token, a bad one and none. */
export async function check(name, claimcheck) {
  if (name === 'core') await checkCore(claimcheck, options, await sign({}))
  else if (name === 'issuer') await checkIssuer(claimcheck)
  else if (name === 'redis') await checkRedis(claimcheck)
  else if (name === 'otel') await checkOtel(claimcheck, options, await sign({}))
  else if (name === 'testing') await checkTesting(claimcheck)
  else await checkServer(await start[name](claimcheck, options))
  console.log(`${name} holds`)
}

async function checkServer(server) {
  if (!server.listening) await once(server, 'listening')
  const { port } = server.address()
  const call = (method, headers) => fetch(`http://127.0.0.1:${port}/users/1`, { method, headers })
  try {
    const user = { authorization: `Bearer ${await sign({})}` }
    const admin = { authorization: `Bearer ${await sign({ roles: ['admin'] })}` }
    const stranger = { authorization: `Bearer ${await sign({ iss: 'https://other.test' })}` }

    assert.deepEqual(await answer(call('GET', user)), [200, { subject: 'user-1' }])
    assert.deepEqual(await answer(call('GET', {})), [401, 'token_missing'])
    assert.deepEqual(await answer(call('GET', stranger)), [401, 'issuer_unknown'])
    assert.deepEqual(await answer(call('DELETE', user)), [403, 'access_denied'])
    assert.deepEqual(await answer(call('DELETE', admin)), [200, { subject: 'user-1' }])
  } finally {
    server.close()
  }
}

async function answer(response) {
  const body = await (await response).json()
  return [(await response).status, body.code ?? body]
}

function sign(claims) {
  return new SignJWT({ sub: 'user-1', iss: options.issuer, aud: options.audience, ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuedAt()
    .setExpirationTime('1 minute')
    .sign(secret)
}
