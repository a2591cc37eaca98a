import { publishEverything } from './channels.ts'

console.log(JSON.stringify(await publishEverything(false)))
