import { instrument } from '@claimcheck/otel'
import type { InstrumentOptions } from '@claimcheck/otel'
import { authErrorCodes } from '@claimcheck/core'
import { expect, it, onTestFinished } from 'vitest'
import { accepted, denied, fetched, rejected, revoked } from './messages.ts'
import { createTelemetry, publish } from './telemetry.ts'

function startMetrics(options: InstrumentOptions = {}) {
  const telemetry = createTelemetry()
  onTestFinished(instrument({ meterProvider: telemetry.meterProvider, tracerProvider: null, ...options }))
  return telemetry
}

it('records the duration of authentications by outcome, code, issuer and whether the token was cached', async () => {
  const { metrics } = startMetrics()
  publish('claimcheck:authenticate', accepted)
  publish('claimcheck:authenticate', { ...accepted, durationMilliseconds: 1.5 })
  publish('claimcheck:authenticate', { ...accepted, recalled: true })
  publish('claimcheck:authenticate', rejected)
  publish('claimcheck:authenticate', { ...rejected, code: 'keys_unavailable' })
  publish('claimcheck:authenticate', { ...accepted, outcome: 'anonymous', issuer: null })
  const issuer = { 'claimcheck.issuer': 'https://issuer.example' }
  const plain = { 'claimcheck.recalled': false, ...issuer }
  const once = { count: 1, sum: 0.0005 }
  expect(await metrics()).toEqual([
    {
      name: 'claimcheck.authenticate.duration',
      unit: 's',
      kind: 'histogram',
      series: [
        { attributes: { 'claimcheck.outcome': 'accepted', ...plain }, value: { count: 2, sum: 0.002 } },
        { attributes: { 'claimcheck.outcome': 'accepted', 'claimcheck.recalled': true, ...issuer }, value: once },
        {
          attributes: { 'claimcheck.outcome': 'rejected', ...plain, 'claimcheck.code': 'token_expired' },
          value: once,
        },
        {
          attributes: {
            'claimcheck.outcome': 'rejected',
            ...plain,
            'claimcheck.code': 'keys_unavailable',
            'error.type': 'keys_unavailable',
          },
          value: once,
        },
        { attributes: { 'claimcheck.outcome': 'anonymous', 'claimcheck.recalled': false }, value: once },
      ],
    },
  ])
})

it('counts rejections by code and status, including those of guards', async () => {
  const { series } = startMetrics()
  publish('claimcheck:reject', denied)
  publish('claimcheck:reject', denied)
  publish('claimcheck:reject', { ...denied, code: 'revocation_unavailable', status: 503 })
  expect(await series('claimcheck.rejections')).toEqual([
    { attributes: { 'claimcheck.code': 'access_denied', 'http.response.status_code': 403 }, value: 2 },
    {
      attributes: {
        'claimcheck.code': 'revocation_unavailable',
        'http.response.status_code': 503,
        'error.type': 'revocation_unavailable',
      },
      value: 1,
    },
  ])
})

it('records the duration of key fetches by outcome and issuer', async () => {
  const { series } = startMetrics()
  const cause = Object.assign(new Error('the status is 502'), { status: 502 })
  publish('claimcheck:keys', fetched)
  publish('claimcheck:keys', { ...fetched, issuer: null, outcome: 'failed', cause })
  expect(await series('claimcheck.keys.fetch.duration')).toEqual([
    {
      attributes: { 'claimcheck.outcome': 'fetched', 'claimcheck.issuer': 'https://issuer.example' },
      value: { count: 1, sum: 0.08 },
    },
    { attributes: { 'claimcheck.outcome': 'failed', 'error.type': '502' }, value: { count: 1, sum: 0.08 } },
  ])
})

it('counts revocations by kind', async () => {
  const { series } = startMetrics()
  for (const kind of ['token', 'session', 'subject', 'session'] as const)
    publish('claimcheck:revoke', { ...revoked, kind })
  expect(await series('claimcheck.revocations')).toEqual([
    { attributes: { 'claimcheck.revocation.kind': 'token' }, value: 1 },
    { attributes: { 'claimcheck.revocation.kind': 'session' }, value: 2 },
    { attributes: { 'claimcheck.revocation.kind': 'subject' }, value: 1 },
  ])
})

it('reports at most maxIssuers issuers by name', async () => {
  const { series } = startMetrics({ maxIssuers: 2 })
  for (let tenant = 1; tenant <= 50; tenant++) {
    publish('claimcheck:authenticate', { ...accepted, issuer: `https://${tenant}.example` })
    publish('claimcheck:keys', { ...fetched, issuer: `https://${tenant}.example` })
  }
  publish('claimcheck:authenticate', { ...accepted, issuer: 'https://2.example' })
  for (const [metric, expectedCount] of [
    ['claimcheck.authenticate.duration', 2],
    ['claimcheck.keys.fetch.duration', 1],
  ] as const) {
    const counts = (await series(metric)).map(({ attributes, value }) => [attributes['claimcheck.issuer'], value])
    expect(counts).toMatchObject([
      ['https://1.example', { count: 1 }],
      ['https://2.example', { count: expectedCount }],
      ['_OTHER', { count: 48 }],
    ])
  }
})

it('limits the number of time series for messages with arbitrary values', async () => {
  const { metrics } = startMetrics()
  for (let index = 0; index < 1000; index++) {
    const any = `any-${index}` as never
    publish('claimcheck:authenticate', { ...rejected, outcome: any, code: any, issuer: any })
    publish('claimcheck:reject', { ...denied, code: any, status: index })
    publish('claimcheck:keys', { ...fetched, outcome: any, issuer: any })
    publish('claimcheck:keys', { ...fetched, outcome: 'failed', cause: { code: `E${index}` } })
    publish('claimcheck:revoke', { ...revoked, kind: any })
  }
  const sizes = (await metrics()).map(({ name, series }) => [name, series.length])
  expect(Object.fromEntries(sizes)).toEqual({
    'claimcheck.authenticate.duration': 100, // 99 issuers and _OTHER; a failed key fetch uses the 100th name
    'claimcheck.rejections': 1,
    'claimcheck.keys.fetch.duration': 151, // the same, and 50 error types and _OTHER
    'claimcheck.revocations': 1,
  })
})

it('reports every error code by name', async () => {
  const { series } = startMetrics()
  for (const code of authErrorCodes) publish('claimcheck:reject', { ...denied, code })
  const codes = (await series('claimcheck.rejections')).map(({ attributes }) => attributes['claimcheck.code'])
  expect(codes).toEqual(authErrorCodes)
})
