import type { RequestHandler } from 'express'
import { problem } from './problem.ts'

const ownSites: ReadonlySet<unknown> = new Set(['same-origin', 'none', undefined])

/**
 * Lets this machine in by its own names alone, for a page from elsewhere may have given its name the address of this
 * machine; and of browsers the pages of this very server, which no other port of the machine is.
 */
export const ownPagesOnly: RequestHandler = (req, res, next) => {
  res.setHeader('Content-Security-Policy', policy)
  res.setHeader('X-Content-Type-Options', 'nosniff')
  const names = ['127.0.0.1', 'localhost'].map((name) => `${name}:${req.socket.localPort}`)
  const isRead = req.method === 'GET' || req.method === 'HEAD'
  if (!names.includes(req.headers.host ?? '')) problem(res, 403, `Call the playground by ${names.join(' or ')}`)
  else if (isRead || ownSites.has(req.headers['sec-fetch-site'])) next()
  else problem(res, 403, 'No other site may call the playground')
}

const policy = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
