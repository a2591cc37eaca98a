import { verifyOwnToken } from './smoke.ts'

console.log(await verifyOwnToken(() => Date.now()))
