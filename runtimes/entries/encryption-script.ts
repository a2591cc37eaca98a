import { useEveryKey } from './encryption.ts'

console.log(JSON.stringify(await useEveryKey()))
