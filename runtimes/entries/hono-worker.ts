import { createApp } from './hono-app.ts'

const app = createApp()

export default { fetch: (request: Request): Response | Promise<Response> => app.fetch(request) }
