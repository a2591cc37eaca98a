import assert from 'node:assert/strict'
import { once } from 'node:events'
import { SignJWT } from 'jose'
import { checkCore, checkIssuer, checkOtel, checkRedis, checkTesting, start } from './start.mjs'

const secret = new TextEncoder().encode('thirty-two bytes for a smoke test, no less')
const options = { issuer: 'https://issuer.test', audience: 'smoke', keys: { secret } }

/** Checks a loaded package with a valid token, an invalid one and none. */
export async function check(name, claimcheck) {
  if (name === 'core') await checkCore(claimcheck, options, await sign({}))
  else if (name === 'issuer') await checkIssuer(claimcheck)
  else if (name === 'redis') await checkRedis(claimcheck)
  else if (name === 'otel') await checkOtel(claimcheck, options, await sign({}))
  else if (name === 'testing') await checkTesting(claimcheck)
  else await checkServer(await start[name](claimcheck, options))
  console.log(`${name} works`)
}

async function checkServer(server) {
  if (!server.listening) await once(server, 'listening')
  const { port } = server.address()
  const call = (method, headers) => fetch(`http://127.0.0.1:${port}/users/1`, { method, headers })
  try {
    const user = { authorization: `Bearer ${await sign({})}` }
    const admin = { authorization: `Bearer ${await sign({ roles: ['admin'] })}` }
    const otherIssuer = { authorization: `Bearer ${await sign({ iss: 'https://other.test' })}` }

    assert.deepEqual(await responseTo(call('GET', user)), [200, { subject: 'user-1' }])
    assert.deepEqual(await responseTo(call('GET', {})), [401, 'token_missing'])
    assert.deepEqual(await responseTo(call('GET', otherIssuer)), [401, 'issuer_unknown'])
    assert.deepEqual(await responseTo(call('DELETE', user)), [403, 'access_denied'])
    assert.deepEqual(await responseTo(call('DELETE', admin)), [200, { subject: 'user-1' }])
  } finally {
    server.close()
  }
}

async function responseTo(response) {
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
