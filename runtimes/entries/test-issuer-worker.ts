import { testEveryAlgorithm } from './test-issuer.ts'

export default {
  fetch: async (): Promise<Response> => Response.json(await testEveryAlgorithm()),
}
