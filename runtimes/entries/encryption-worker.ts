import { useEveryKey } from './encryption.ts'

export default {
  fetch: async (): Promise<Response> => Response.json(await useEveryKey()),
}
