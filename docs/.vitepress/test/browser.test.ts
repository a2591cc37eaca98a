import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium as driver } from 'playwright-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { chromium, chromiumArguments, withChromium } from '../../../examples/playground/test/chromium.ts'
import { serveSite } from './serve-site.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }
/** One page of each kind: the first page, prose with code, long tables, many sections, wide tables, a decision, the API. */
const kinds = [
  '',
  'start.html',
  'settings.html',
  'errors.html',
  'express.html',
  'conformance.html',
  'comparison.html',
  'adr/0015-verified-tokens-are-cached.html',
  'api/@claimcheck/express.html',
]

describe('the site in a browser', withChromium, () => {
  let site: Awaited<ReturnType<typeof serveSite>>
  let browser: Browser
  const problems: string[] = []

  beforeAll(async () => {
    site = await serveSite()
    browser = await driver.launch({ executablePath: chromium ?? 'chromium', args: chromiumArguments })
  })
  afterAll(async () => {
    await browser.close()
    site.stop()
  })
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()))
    expect(problems.splice(0), 'errors of the pages, and requests to other servers').toEqual([])
  })

  async function open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext(options)
    const page = await context.newPage()
    page.setDefaultTimeout(20_000)
    page.on('pageerror', (error) => problems.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text())
    })
    page.on('request', (request) => {
      const url = request.url()
      if (!url.startsWith(site.url) && !url.startsWith('data:')) problems.push(url)
    })
    await page.goto(`${site.url}${path}`, { waitUntil: 'networkidle' })
    return page
  }

  async function violationsOf(page: Page): Promise<readonly string[]> {
    await page.evaluate(axe)
    return page.evaluate(async () => {
      const { axe: loaded } = globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } }
      const { violations } = await loaded.run({
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      })
      return violations.map(
        ({ id, nodes }) =>
          `${id}: ${nodes
            .slice(0, 3)
            .map(({ html }) => html.slice(0, 200))
            .join(' ')}`,
      )
    })
  }

  describe.each(['light', 'dark'] as const)('in %s mode', (colorScheme) => {
    it.each(kinds)('passes axe for WCAG 2.2 AA on /%s, also on a phone', async (path) => {
      for (const screen of [{ viewport: { width: 1280, height: 900 } }, phone]) {
        const page = await open(path, { ...screen, colorScheme })
        expect(await violationsOf(page), `${screen.viewport.width} px`).toEqual([])
      }
    })

    it('passes axe with an open search', async () => {
      const page = await open('start.html', { colorScheme })
      await search(page, 'expired')
      expect(await violationsOf(page)).toEqual([])
    })
  })

  it.each([1280, 768, 390, 320])('shows pages and tables at %i px without cutting them off', async (width) => {
    for (const path of kinds) {
      const page = await open(path, { viewport: { width, height: 900 } })
      expect(await page.evaluate<number>('document.documentElement.scrollWidth'), path).toBeLessThanOrEqual(width)
      // A table may be wider than its page only if it scrolls.
      const cutOff = await page.evaluate<string[]>(`[...document.querySelectorAll('.vp-doc table, .vp-doc pre')]
        .filter((box) => box.scrollWidth > box.clientWidth + 1 && getComputedStyle(box).overflowX !== 'auto')
        .map((box) => box.outerHTML.slice(0, 80))`)
      expect(cutOff, path).toEqual([])
      await page.close()
    }
  })

  it.each([1280, 390])('does not move what the first page shows while it loads at %i px', async (width) => {
    const page = await open('', { viewport: { width, height: 900 } })
    const shifts = await page.evaluate<number[]>(`new Promise((resolve) => {
      const found = []
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) found.push(entry.value)
      }).observe({ type: 'layout-shift', buffered: true })
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(found)))
    })`)
    expect(shifts).toEqual([])
  })

  it('shows and copies the install command that the keyboard chooses', async () => {
    const page = await open('', { permissions: ['clipboard-read', 'clipboard-write'] })
    const shown = page.locator('.install .command:visible')
    expect(await shown.locator('code').innerText()).toBe('npm install @claimcheck/express express')
    await page.getByRole('radio', { name: 'Express', exact: true }).focus()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Tab')
    await page.keyboard.press('ArrowRight')
    expect(await shown.count()).toBe(1)
    expect(await shown.locator('code').innerText()).toBe('pnpm add @claimcheck/fastify fastify')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await shown.locator('.copied').waitFor()
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe('pnpm add @claimcheck/fastify fastify')
  })

  it('ranks the guide first in the search box, as in the test of the index', async () => {
    const page = await open('start.html')
    expect(await search(page, 'token_expired')).toContain('/errors.html#token_expired')
  })

  async function search(page: Page, query: string): Promise<string | null> {
    await page.keyboard.press('Control+k')
    await page.locator('.search-input').fill(query)
    await page.locator('.result').first().waitFor()
    return page.locator('.result').first().getAttribute('href')
  }
})

interface AxeResults {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[]
}
