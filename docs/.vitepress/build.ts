// node docs/.vitepress/build.ts: the whole site, from nothing.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'vitepress'
import { pagesFolder, siteFolder } from './folders.ts'
import { writeLlms } from './write-llms.ts'
import { writePages } from './write-pages.ts'
import { writeReference } from './write-reference.ts'

rmSync(pagesFolder, { recursive: true, force: true })
writePages()
await writeReference()
await build(join(import.meta.dirname, '..'))
writeLlms()
console.log(`The site is in ${join(siteFolder, 'dist')}; npm run docs:dev serves it, with a search`)
