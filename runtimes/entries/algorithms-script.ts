import { verifyEveryAlgorithm } from './algorithms.ts'

console.log(JSON.stringify(await verifyEveryAlgorithm()))
