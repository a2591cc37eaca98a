import type { MakeServer } from '../contender.ts'
import { serveExpress } from './serve-express.ts'

/** Express that answers every request with the same bytes. */
export const serveStatic: MakeServer = async (_terms, onHandled, answer) => {
  return serveExpress(
    {
      middleware: (_request, response) => {
        const { status, headers, body } = answer()
        response.statusCode = status
        for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
        response.end(body)
      },
      subjectOf: () => undefined,
    },
    onHandled,
  )
}
