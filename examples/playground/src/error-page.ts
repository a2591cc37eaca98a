import { readFileSync } from 'node:fs'

const source = new URL('../../../docs/errors.md', import.meta.url)

/** Renders the section of an error code in docs/errors.md as a page. Returns null if there is none. */
export function renderErrorPage(code: string): string | null {
  const sections = readFileSync(source, 'utf8').split(/^## /m).slice(1)
  const section = sections.find((text) => text.startsWith(`${code}\n`))
  if (section === undefined || !/^[a-z_]+$/.test(code)) return null
  const blocks = section
    .slice(code.length)
    .trim()
    .split(/\n{2,}/)
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>${code} – claimcheck</title>
    <link rel="icon" href="../icon.svg" />
    <link rel="stylesheet" href="../page.css" />
  </head>
  <body class="document">
    <main>
      <section>
      <h1><code>${code}</code></h1>
      ${blocks.map(renderBlock).join('\n      ')}
      <p class="quiet">From docs/errors.md. <a href="../">Back to the playground</a></p>
      </section>
    </main>
  </body>
</html>
`
}

/** Renders a paragraph or a list. The sections of the codes contain nothing else. */
function renderBlock(block: string): string {
  if (!block.startsWith('- ')) return `<p>${renderText(block)}</p>`
  const items = block.slice(2).split(/\n- /)
  return `<ul>${items.map((item) => `<li>${renderText(item)}</li>`).join('')}</ul>`
}

function renderText(text: string): string {
  return escapeHtml(text.replaceAll(/\s+/g, ' '))
    .split(/(`[^`]+`)/)
    .map((part) => (part.startsWith('`') ? `<code>${part.slice(1, -1)}</code>` : renderMarks(part)))
    .join('')
    .replaceAll(/\[([^\]]+)\]\(([^)]+)\)/g, (_whole, label: string, target: string) => renderLink(label, target))
}

function renderMarks(text: string): string {
  return text.replaceAll(/\*\*(.+?)\*\*/g, '<strong>$1</strong>')
}

/** Names the page of a link, because the playground serves only the sections of the codes. */
function renderLink(label: string, target: string): string {
  return target.startsWith('#') ? label : `${label} (docs/${target.replace(/#.*/, '')})`
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
