import { testEveryAlgorithm } from './test-issuer.ts'

console.log(JSON.stringify(await testEveryAlgorithm()))
