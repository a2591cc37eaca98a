// Loaded before a program with `--import`: records the URL of each module that the process loads.
import * as nodeModule from 'node:module'

type Load = (url: string, context: object) => object

/** Since Node 22.15. The types of Node 20 do not know it. */
interface Hooks {
  registerHooks(hooks: { load(url: string, context: object, next: Load): object }): void
}

const urls: string[] = []
;(nodeModule as unknown as Hooks).registerHooks({
  load(url, context, next) {
    urls.push(url)
    return next(url, context)
  },
})
Reflect.set(globalThis, Symbol.for('claimcheck.test.loadedModules'), urls)
