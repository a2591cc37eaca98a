import { rankPage } from '../site/search-rank.ts'

/** The options of the site's search. The rest are VitePress's. */
export const searchOptions = { boostDocument: rankPage }
