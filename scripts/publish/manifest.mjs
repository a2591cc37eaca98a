// What a published package.json says, made from that of the workspace. `.pnpmfile.mjs` calls it for every `pnpm pack` and
// `pnpm publish`.

const sourceCondition = '@claimcheck/source'

/**
 * The entries of `exports` or `imports`: `in` is a source, `out` is the path of its bundle without an extension. An entry
 * without `default` is for the workspace only.
 */
export function entriesOf(conditions) {
  const entries = [...pairsOf(conditions)].map(([source, bundle]) => toEntry(source, bundle))
  return entries.filter(({ out }, index) => entries.findIndex((other) => other.out === out) === index)
}

/** The same for the programs of `bin`. */
export function programsOf(bin) {
  return Object.values(bin).map((path) => toEntry(path.replace('./dist/', './src/').replace(/\.js$/, '.ts'), path))
}

function* pairsOf(conditions) {
  const { [sourceCondition]: source, default: bundle } = conditions
  if (typeof source === 'string' && typeof bundle === 'string') yield [source, bundle]
  for (const value of Object.values(conditions)) if (typeof value === 'object') yield* pairsOf(value)
}

function toEntry(source, bundle) {
  return { in: source, out: bundle.replaceAll(/^\.\/|\.js$/g, '') }
}

/**
 * Returns the manifest that is published: it leads to the bundles and their declarations, and to nothing of the workspace.
 * `repository` is a URL without `.git`, or empty.
 */
export function toPublished({ devDependencies: _dev, scripts: _scripts, ...manifest }, repository) {
  if (manifest.private === true) return manifest
  const { exports = {}, imports } = manifest
  const entries = Object.entries(exports).filter(([, target]) => typeof target === 'string' || 'default' in target)
  return {
    ...manifest,
    ...(repository === '' ? {} : placesIn(repository, manifest.name)),
    ...(imports === undefined ? {} : { imports: withoutSource(imports) }),
    exports: Object.fromEntries(entries.map(([name, target]) => [name, toPublishedEntry(target)])),
    ...forOldResolvers(entries),
  }
}

/** Where the sources, the page and the issues of a package are. Provenance compares `repository.url`. */
function placesIn(repository, name) {
  const directory = `packages/${name === 'claimcheck' ? 'cli' : name.replace('@claimcheck/', '')}`
  return {
    repository: { type: 'git', url: `git+${repository}.git`, directory },
    homepage: `${repository}/tree/main/${directory}#readme`,
    bugs: `${repository}/issues`,
  }
}

/** `require` of a program gets the ES module, too, and the declarations that CommonJS programs can import. */
function toPublishedEntry(target) {
  if (typeof target === 'string') return target
  const { types, default: module } = target
  return { require: { types: types.replace(/\.ts$/, '.cts'), default: module }, types, default: module }
}

/** What resolvers read that know no `exports`, such as `moduleResolution: node10` of TypeScript. */
function forOldResolvers(entries) {
  const modules = entries.filter(([, target]) => typeof target === 'object')
  const main = modules.find(([name]) => name === '.')?.[1]
  if (main === undefined) return {}
  const others = modules.filter(([name]) => name !== '.')
  const paths = Object.fromEntries(others.map(([name, { types }]) => [name.slice(2), [types]]))
  return { main: main.default, types: main.types, ...(others.length === 0 ? {} : { typesVersions: { '*': paths } }) }
}

/** Replaces objects of conditions in which only `default` is left by its value. */
function withoutSource(conditions) {
  if (typeof conditions === 'string') return conditions
  const { [sourceCondition]: _source, ...published } = conditions
  const entries = Object.entries(published).map(([name, value]) => [name, withoutSource(value)])
  return entries.length === 1 && entries[0][0] === 'default' ? entries[0][1] : Object.fromEntries(entries)
}
