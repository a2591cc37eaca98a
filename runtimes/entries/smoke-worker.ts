import { now } from '../harness/clock.ts'
import { verifyOwnToken } from './smoke.ts'

export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url)
    if (pathname === '/now') return Response.json(now())
    if (pathname === '/outbound') return fetch('https://outside.test/')
    return Response.json(await verifyOwnToken(now))
  },
}
