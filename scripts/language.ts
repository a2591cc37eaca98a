// node scripts/language.ts [folders]: prints the forbidden phrases in comments, test names and pages of these folders, as
// file:line. Without arguments, it checks the folders of forbidden-phrases.json, as the tests do.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

interface Rules {
  /** The folders that are checked by the tests. */
  readonly folders: readonly string[]
  /** Files that are not checked. */
  readonly except: readonly string[]
  /** Each forbidden phrase, with what to write instead. */
  readonly phrases: Readonly<Record<string, string>>
}

const root = fileURLToPath(new URL('../', import.meta.url))
const rules = JSON.parse(readFileSync(new URL('forbidden-phrases.json', import.meta.url), 'utf8')) as Rules
const patterns = Object.entries(rules.phrases).map(([phrase, instead]) => {
  const words = phrase.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(' ', '\\s+')
  // A phrase that ends with a comma has no word boundary there.
  return { phrase, instead, regex: new RegExp(`(?<![\\w-])${words}${phrase.endsWith(',') ? '' : '(?![\\w-])'}`, 'gi') }
})

/** The folders that the tests check. */
export const checkedFolders = rules.folders

/** Finds the forbidden phrases in the files of a folder, or in one file. Each hit is one line of text. */
export function findForbiddenPhrases(path: string): readonly string[] {
  const files = filesOf(path).filter((file) => !rules.except.includes(file))
  return files.flatMap((file) => {
    return findPhrases(textOf(file, readFileSync(join(root, file), 'utf8'))).map((hit) => `${file}:${hit}`)
  })
}

/** Finds the forbidden phrases in a text. */
export function findPhrases(text: string): readonly string[] {
  return patterns
    .flatMap(({ phrase, instead, regex }) =>
      Array.from(text.matchAll(regex), ({ index }) => {
        return { line: text.slice(0, index).split('\n').length, phrase, instead }
      }),
    )
    .toSorted((a, b) => a.line - b.line)
    .map(({ line, phrase, instead }) => `${line} "${phrase}" (write: ${instead})`)
}

/** The part of a file that people read as text. Everything else becomes spaces, so that lines keep their numbers. */
export function textOf(file: string, source: string): string {
  return file.endsWith('.md')
    ? proseOf(source)
    : commentsAndTestNames(source, /\.(test|long)\.ts$|(^|\/)(conformance|contract|test)\//.test(file))
}

function filesOf(path: string): readonly string[] {
  if (/\.\w+$/.test(path)) return [path]
  return readdirSync(join(root, path), { withFileTypes: true })
    .filter(({ name }) => !/^(node_modules|dist|vectors|figures|\..*)$/.test(name))
    .flatMap((entry) => {
      const file = `${path}/${entry.name}`
      if (entry.isDirectory()) return filesOf(file)
      return /\.(ts|mts|mjs|js|md)$/.test(entry.name) ? [file] : []
    })
}

function proseOf(page: string): string {
  return page
    .replaceAll(/^ *(`{3,})[^\n`]*\n[^]*?^ *\1`* *$/gm, blank)
    .replaceAll(/<!--[^]*?-->/g, blank)
    .replaceAll(/`[^`\n]*`/g, blank)
    .replaceAll(/\]\([^)]*\)/g, blank)
}

/** Comments, strings, templates and regular expressions: what must be skipped to find the comments of a source. */
const tokens =
  /\/\/[^\n]*|\/\*[^]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[^]|[^`\\])*`|(?<=[(,=:[!&|?{};+]\s*)\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\//g
/** What comes before the name of a test: `it(`, `describe.skipIf(…)(`, or the end of a table, `)(`. */
const beforeName = /\b(?:it|test|describe)\(\s*$|\)\(\s*$|\b(?:title|name) = $/

function commentsAndTestNames(source: string, isTest: boolean): string {
  let text = ''
  let end = 0
  for (const { 0: token, index } of source.matchAll(tokens)) {
    const isComment = token.startsWith('//') || token.startsWith('/*')
    const isName = isTest && /^['`]/.test(token) && beforeName.test(source.slice(Math.max(0, index - 40), index))
    text += blank(source.slice(end, index))
    text += isComment || isName ? withoutMarks(token) : blank(token)
    end = index + token.length
  }
  return text + blank(source.slice(end))
}

/** Removes the marks of a comment, so that a phrase is found even if it continues in the next line. */
function withoutMarks(comment: string): string {
  return comment
    .replaceAll(/^\s*(\/\*\*?|\/\/|\*\/|\*)/gm, blank)
    .replaceAll(/`[^`\n]*`/g, (code) => (code === comment ? code : blank(code)))
}

function blank(text: string): string {
  return text.replaceAll(/[^\n]/g, ' ')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folders = process.argv.slice(2)
  const hits = (folders.length > 0 ? folders : rules.folders).flatMap(findForbiddenPhrases)
  for (const hit of hits) console.log(hit)
  if (hits.length > 0) process.exitCode = 1
}
