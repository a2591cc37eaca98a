import { toPublished } from './scripts/publish/manifest.mjs'
import { repository } from './scripts/publish/repository.mjs'

/** The node packages write `os` and `cpu` as plain strings, which pnpm passes over: it would fetch Node for every platform. */
function readPackage(manifest) {
  for (const field of ['os', 'cpu']) {
    if (typeof manifest[field] === 'string') manifest[field] = [manifest[field]]
  }
  return manifest
}

export const hooks = { readPackage, beforePacking: (manifest) => toPublished(manifest, repository) }
