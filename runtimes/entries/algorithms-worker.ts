import { verifyEveryAlgorithm } from './algorithms.ts'

export default {
  fetch: async (): Promise<Response> => Response.json(await verifyEveryAlgorithm()),
}
