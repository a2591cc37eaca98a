// Runs in its own process: prints how many milliseconds it takes to import the package that the argument names.
const [, , specifier = ''] = process.argv
const start = performance.now()
await import(specifier)
process.stdout.write(String(performance.now() - start))
