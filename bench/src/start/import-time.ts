// A process of its own: prints how many milliseconds it took to import a package, by the name that is given.
const [, , specifier = ''] = process.argv
const begin = performance.now()
await import(specifier)
process.stdout.write(String(performance.now() - begin))
