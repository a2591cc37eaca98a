import type { Page } from './pages.ts'

/** A fenced code block, with the values of the HTML comments directly above it. */
export interface CodeBlock {
  /** The page and the line of the opening fence: `README.md:12`. */
  readonly place: string
  readonly line: number
  readonly language: string
  readonly code: string
  /** The calls after the program listens: `<!-- calls: GET /me → 401; GET /me as john → 200 -->`. */
  readonly calls: string | null
  /** Environment variables. One without a value is removed: `<!-- env: JWT_SECRET= -->`. */
  readonly env: string | null
  /**
   * Where the program of the block ends: `<!-- program: continues below -->` makes one program of the block and of those
   * below it that have no comment, `<!-- program: alone -->` ends that program above the block.
   */
  readonly program: 'continues below' | 'alone' | null
}

const fenced = /^ *(`{3,})([^\n`]*)\n([^]*?)^ *\1`* *$/gm
const commentsAtEnd = /(?:(?<=^|\n) *<!--(?:(?!-->)[^])*-->\n)*$/
const noteNames: ReadonlySet<string> = new Set(['calls', 'env', 'program'])
const note = /<!--\s*(\w+):\s*([^]*?)\s*-->/g

/** The fenced blocks of a page, in order. */
export function readBlocks({ name, text }: Page): readonly CodeBlock[] {
  return Array.from(text.matchAll(fenced), ({ index, 2: info = '', 3: code = '' }) => {
    const before = text.slice(0, index)
    const line = before.split('\n').length
    const place = `${name}:${line}`
    const notes = readNotes(place, commentsAtEnd.exec(before)?.[0] ?? '')
    const [language = ''] = info.trim().split(' ')
    const [calls = null, env = null] = [notes.get('calls'), notes.get('env')]
    return { place, line, language, code, calls, env, program: readExtent(place, notes.get('program')) }
  })
}

/** The page without its blocks and comments. The rest stays on the same lines. */
export function readProse({ text }: Page): string {
  const blank = (part: string) => part.replaceAll(/[^\n]/g, '')
  return text.replaceAll(fenced, blank).replaceAll(/<!--[^]*?-->/g, blank)
}

function readNotes(place: string, comments: string): ReadonlyMap<string, string> {
  const notes = new Map<string, string>()
  for (const [, name = '', value = ''] of comments.matchAll(note)) {
    if (!noteNames.has(name)) throw new SyntaxError(`${place}: no comment of a block is called ${name}`)
    notes.set(name, value)
  }
  return notes
}

function readExtent(place: string, value: string | undefined): CodeBlock['program'] {
  if (value === undefined) return null
  if (value === 'continues below' || value === 'alone') return value
  throw new SyntaxError(`${place}: no program is ${value}`)
}
