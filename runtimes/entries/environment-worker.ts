import { readEverything } from './environment.ts'

export default {
  fetch: async (): Promise<Response> => Response.json(await readEverything()),
}
