import { STATUS_CODES } from 'node:http'
import type { Response } from 'express'

/** Answers with a problem (RFC 9457), in words for whoever plays. */
export function problem(res: Response, status: number, detail: string): void {
  const body = { type: 'about:blank', title: STATUS_CODES[status], status, detail }
  res.writeHead(status, { 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store' })
  res.end(JSON.stringify(body))
}
