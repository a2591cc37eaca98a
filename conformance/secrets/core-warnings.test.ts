import { once } from 'node:events'
import { createAuth } from '@claimcheck/core'
import { expect, it, onTestFinished } from 'vitest'
import { canaryOptions } from './canary-token.ts'
import { canaryOf, leaksIn } from './canary.ts'
import { privateKeys } from './private-keys.ts'

const urlCanary = canaryOf('the query of a URL that is warned of')
const keyCanary = canaryOf('a secret in a set')
const canaries = [urlCanary, keyCanary, ...privateKeys.flatMap((key) => key.canaries)]

it('the warning about ignored keys reveals neither the keys nor the query of their URL', async () => {
  const warnings = watchWarnings()
  const { text } = keyCanary
  const secrets = [
    { kty: 'oct', k: Buffer.from(text).toString('base64url'), kid: text },
    { kty: 'RSA', n: text, e: 7 },
    text,
  ]
  const keys = [
    ...privateKeys.map(({ jwk }) => jwk),
    ...secrets,
    { kty: 'EC', crv: 'P-256', x: text, y: text, d: text },
  ]
  const fetch = async () => new Response(JSON.stringify({ keys }))
  const jwksUrl = `https://left-out.example/jwks?key=${urlCanary.text}#${urlCanary.text}`
  await createAuth({ ...canaryOptions, keys: { jwksUrl }, fetch }).ready()
  await once(process, 'warning')
  expect(warnings.join('\n')).toContain('https://left-out.example/jwks')
  expect(leaksIn(warnings.join('\n'), canaries)).toEqual([])
})

it('the warning about repeatedly created Auths does not reveal the query of the URL', async () => {
  const warnings = watchWarnings()
  const jwksUrl = `https://rebuilt.example/jwks?key=${urlCanary.text}#${urlCanary.text}`
  for (let times = 0; times < 20; times++) createAuth({ ...canaryOptions, keys: { jwksUrl } })
  await once(process, 'warning')
  expect(warnings.join('\n')).toContain('https://rebuilt.example/jwks')
  expect(leaksIn(warnings.join('\n'), canaries)).toEqual([])
})

/** Records the warnings of the process as they are printed, until the end of the test. */
function watchWarnings(): readonly string[] {
  const warnings: string[] = []
  const note = (warning: Error) => void warnings.push(String(warning.stack), JSON.stringify(warning))
  process.on('warning', note)
  onTestFinished(() => void process.off('warning', note))
  return warnings
}
