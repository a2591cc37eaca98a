/**
 * How much a search hit on a page counts. Guides are what a reader looks for; decisions, reports and the API reference
 * repeat their words. VitePress sends the source of this function to the browser, so it uses nothing outside itself.
 */
export function rankPage(id: string): number {
  if (/^\/(?:adr|reports|api)\//.test(id)) return 0.25
  if (/^\/(?:migration|conformance|performance|threat-model|contributing|security-policy)\b/.test(id)) return 0.5
  return 1
}
