import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pages } from '../../conformance/documentation/pages.ts'
import { toLlmsIndex, toLlmsText, toMarkdown } from '../site/llms.ts'
import { siteFolder } from './folders.ts'

/** Writes what language models read: llms.txt, llms-full.txt, and each page as Markdown beside its HTML. */
export function writeLlms(): void {
  write('llms.txt', toLlmsIndex(pages))
  write('llms-full.txt', toLlmsText(pages))
  for (const { path, text } of pages.filter(({ name }) => name !== 'README.md').map(toMarkdown)) write(path, text)
}

function write(path: string, text: string): void {
  const file = join(siteFolder, 'dist', path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}
