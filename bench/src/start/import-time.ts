// Runs in its own process: prints how many milliseconds it takes to import the packages that the arguments name.
const specifiers = process.argv.slice(2)
const start = performance.now()
for (const specifier of specifiers) await import(specifier)
process.stdout.write(String(performance.now() - start))
