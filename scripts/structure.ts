/**
 * Prints, for each package, how many files it has, how many arrows (pairs of folders or root files, of which the first
 * imports the second), which arrows point up, which files import each other in a circle, and what loading the index costs:
 * `node scripts/structure.ts [package …]`. Type imports count for arrows and circles; only other static imports are loaded.
 * Exits with 1 if an arrow points up or a circle exists.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import layers from './layers.json' with { type: 'json' }

interface Import {
  readonly to: string
  readonly isLoaded: boolean
}

type Graph = ReadonlyMap<string, readonly Import[]>

const packagesFolder = join(import.meta.dirname, '../packages')
const order: Readonly<Record<string, readonly string[]>> = layers

function readGraph(source: string): Graph {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
  return new Map(files.toSorted().map((file) => [file, readImports(source, file)]))
}

/** Statements start at the beginning of a line, because oxfmt formats every file. */
const statement =
  /^(?:import|export)(?<type> type)?(?: [^'";]*? from)? '(?<specifier>[^']+)'|\bimport\('(?<dynamic>[^']+)'\)/gm

function readImports(source: string, file: string): readonly Import[] {
  const text = readFileSync(join(source, file), 'utf8')
  return [...text.matchAll(statement)].flatMap(({ groups = {} }) => {
    const { type, specifier, dynamic } = groups
    const name = specifier ?? dynamic ?? ''
    const isLoaded = specifier !== undefined && type === undefined
    // On Node, because that is where the cost of loading is counted.
    if (name === '#platform') return [{ to: 'platform/node.ts', isLoaded }]
    return name.startsWith('.') ? [{ to: join(dirname(file), name), isLoaded }] : []
  })
}

/** The first folder of a path, or a file of the root. */
function layerOf(file: string): string {
  return file.split('/')[0] ?? file
}

function arrowsOf(graph: Graph): ReadonlySet<string> {
  const arrows = [...graph].flatMap(([file, imports]) => imports.map(({ to }) => `${layerOf(file)} → ${layerOf(to)}`))
  return new Set(arrows.filter((arrow) => new Set(arrow.split(' → ')).size === 2))
}

function pointsUp(arrow: string, list: readonly string[]): boolean {
  const [from = '', to = ''] = arrow.split(' → ')
  if (!list.includes(from) || !list.includes(to)) throw new Error(`scripts/layers.json does not list ${arrow}`)
  return list.indexOf(from) > list.indexOf(to)
}

/** Sets of files that reach each other. */
function circlesOf(graph: Graph): readonly string[] {
  const reach = new Map([...graph.keys()].map((file) => [file, reachOf(graph, file, () => true)]))
  const circles = [...graph.keys()].map((file) => {
    return [...(reach.get(file) ?? [])].filter((other) => reach.get(other)?.has(file) === true).toSorted()
  })
  return [...new Set(circles.filter((circle) => circle.length > 0).map((circle) => circle.join(', ')))]
}

/** The files that a file imports, directly or not; the file itself only if it imports itself in a circle. */
function reachOf(graph: Graph, start: string, follows: (imported: Import) => boolean): ReadonlySet<string> {
  const found = new Set<string>()
  const visit = (file: string): void => {
    for (const imported of graph.get(file) ?? []) {
      if (!follows(imported) || found.has(imported.to)) continue
      found.add(imported.to)
      visit(imported.to)
    }
  }
  visit(start)
  return found
}

const asked = process.argv.slice(2)
for (const name of asked.length > 0 ? asked : readdirSync(packagesFolder).toSorted()) {
  const source = join(packagesFolder, name, 'src')
  if (!existsSync(source)) continue
  const graph = readGraph(source)
  const arrows = arrowsOf(graph)
  const up = [...arrows].filter((arrow) => pointsUp(arrow, order[name] ?? []))
  const circles = circlesOf(graph)
  console.log(`${name}: ${graph.size} files, ${arrows.size} arrows, ${up.length} point up, ${circles.length} circles`)
  if (graph.has('index.ts')) {
    const eager = ['index.ts', ...reachOf(graph, 'index.ts', ({ isLoaded }) => isLoaded)]
    const bytes = eager.reduce((sum, file) => sum + readFileSync(join(source, file)).length, 0)
    console.log(`  index.ts loads ${eager.length} modules, ${bytes} bytes of source`)
  }
  for (const arrow of up) console.log(`  up: ${arrow}`)
  for (const circle of circles) console.log(`  circle: ${circle}`)
  if (up.length + circles.length > 0) process.exitCode = 1
}
