import { STATUS_CODES } from 'node:http'
import type { Response } from 'express'

/** Sends a problem document (RFC 9457). */
export function problem(res: Response, status: number, detail: string): void {
  const body = { type: 'about:blank', title: STATUS_CODES[status], status, detail }
  res.writeHead(status, { 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store' })
  res.end(JSON.stringify(body))
}
