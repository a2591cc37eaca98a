import { expect, it } from 'vitest'
import { serveOneRoute } from '../src/serve-one-route.ts'
import { named } from '@claimcheck/testing/contract/rejection-case'
import { sendRequest } from '@claimcheck/testing/contract/raw-client'
import { describeTargetsOfSize } from '../src/targets.ts'
import { canaryRejections } from './canary-rejections.ts'
import { canaryOptions } from './canary-token.ts'
import { canaryOf, leaksIn } from './canary.ts'

const queryCanary = canaryOf('the query of the request')

await describeTargetsOfSize((target) => {
  it.each(named(canaryRejections))('the response to %s contains no part of it', async (_name, request) => {
    const { code, canaries, method = 'GET', headers, options, guards = [] } = request
    for (const errors of ['respond', 'forward'] as const) {
      const auth = { ...canaryOptions, ...options }
      const { port, reached } = await serveOneRoute(target, { mounts: [{ auth, onError: errors }], guards })
      const response = await sendRequest(port, { method, path: `/?access_token=${queryCanary.text}`, headers })
      const shown = [response.reason, ...response.headers.flat(), response.body.toString()].join('\n')
      expect(leaksIn(shown, [...canaries, queryCanary])).toEqual([])
      // This code is for logs only.
      const publicCode = code === 'key_not_found' ? 'signature_invalid' : code
      if (errors === 'respond') expect(shown).toContain(`"code":"${publicCode}"`)
      expect(response.status).toBeGreaterThanOrEqual(400)
      expect(reached).toEqual([])
    }
  })
})
