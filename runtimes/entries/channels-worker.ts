import { publishEverything } from './channels.ts'

export default {
  fetch: async ({ url }: Request): Promise<Response> => Response.json(await publishEverything(url.endsWith('/broken'))),
}
