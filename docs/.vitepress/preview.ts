// node docs/.vitepress/preview.ts: a server of the site on localhost, which follows changes of the pages.
import { watch } from 'node:fs'
import { join } from 'node:path'
import { createServer } from 'vitepress'
import { writePages } from './write-pages.ts'
import { writeReference } from './write-reference.ts'

const docs = join(import.meta.dirname, '..')
writePages()
await writeReference()
const server = await createServer(docs)
await server.listen()
server.printUrls()
watch(docs, { recursive: true }, (_event, name) => {
  if (name?.endsWith('.md') === true && !name.startsWith('.')) writePages()
})
