/**
 * The URL of the repository, without `.git`: `https://github.com/owner/name`. The owner sets it before the first release.
 * Provenance requires it, and it reaches the published package.json of every package. Nothing is published while it is empty.
 */
export const repository = ''
