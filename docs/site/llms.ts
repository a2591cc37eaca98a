import type { Page } from '../../conformance/documentation/pages.ts'
import { toSitePath } from './addresses.ts'
import { pagesOf, sections } from './sections.ts'
import { relinkPage } from './site-page.ts'

/**
 * The index of the site for language models (llmstxt.org): the pitch, and the pages of each section as Markdown, each
 * with its first sentences.
 */
export function toLlmsIndex(pages: readonly Page[]): string {
  const parts = sections.map((section) => {
    const lines = pagesOf(section).map(([name, title]) => {
      const page = `docs/${name}`
      return `- [${title}](/${toSitePath(page)}): ${describePage(findPage(pages, page))}`
    })
    return `## ${section.title}\n\n${lines.join('\n')}`
  })
  const decisions = `- [Decisions](/adr/index.md): ${describePage(findPage(pages, 'docs/adr/README.md'))}`
  const head = `# claimcheck\n\n> ${firstParagraph(findPage(pages, 'docs/README.md').text)}`
  const whole = 'The text of all guides is in [llms-full.txt](/llms-full.txt).'
  return `${[head, whole, ...parts, `## Optional\n\n${decisions}`].join('\n\n')}\n`
}

/** The text of every guide, in the order of the sidebar, each below its address. */
export function toLlmsText(pages: readonly Page[]): string {
  const guides = sections.flatMap((section) => pagesOf(section).map(([name]) => `docs/${name}`))
  const texts = guides.map((name) => {
    const { path, text } = toMarkdown(findPage(pages, name))
    return `Source: /${path}\n\n${text.trim()}\n`
  })
  return `# claimcheck\n\n> ${firstParagraph(findPage(pages, 'docs/README.md').text)}\n\n${texts.join('\n---\n\n')}`
}

/** A page as plain Markdown, whose links lead to other pages of the site. Comments for the tests are removed. */
export function toMarkdown(page: Page): { readonly path: string; readonly text: string } {
  const { path, text } = relinkPage(page)
  return { path, text: text.replaceAll(/^ *<!--(?:(?!-->)[^])*-->\n/gm, '') }
}

function findPage(pages: readonly Page[], name: string): Page {
  const page = pages.find((each) => each.name === name)
  if (page === undefined) throw new Error(`There is no page ${name}`)
  return page
}

/** What a page is about: its first sentence, and the next ones as long as the whole is short. */
export function describePage({ text }: Page): string {
  const sentences = firstParagraph(text).split(/(?<=\.) (?=[A-Z`])/)
  const short = 60
  let description = sentences[0] ?? ''
  for (const sentence of sentences.slice(1)) {
    if (description.length < short && !sentence.endsWith(':')) description += ` ${sentence}`
  }
  return description.replace(/:$/, '.')
}

/** The first paragraph of prose: no heading, table, list, picture or code. Its links are replaced by their text. */
function firstParagraph(text: string): string {
  const paragraphs = text.replaceAll(/^(`{3,})[^]*?^\1/gm, '').split(/\n{2,}/)
  const first = paragraphs.find((paragraph) => /^[A-Za-z`*[]/.test(paragraph))
  if (first === undefined) throw new Error('The page has no paragraph')
  return first
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll('\n', ' ')
    .trim()
}
