import { join } from 'node:path'

/** Where the site is made, in a folder that is not committed. */
export const siteFolder = join(import.meta.dirname, '..', '.site')

/** The pages as VitePress reads them. */
export const pagesFolder = join(siteFolder, 'pages')
