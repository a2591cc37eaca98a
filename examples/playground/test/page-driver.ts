import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium as driver } from 'playwright-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { startPlayground } from '../src/playground.ts'
import type { Playground } from '../src/playground.ts'
import { chromium, chromiumArguments } from './chromium.ts'

export const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }

/** What the result section shows. */
export interface Shown {
  /** Such as `401 signature_invalid`. */
  readonly status: string
  /** The step that rejected the request; null if none did. */
  readonly rejecting: string | null
  /** Such as `same on 3 frameworks`. */
  readonly servers: string
}

/** A playground and a browser that opens its page. */
export class PageDriver {
  readonly playground: Playground
  readonly #browser: Browser
  /** Errors of the page, and its requests to other servers. */
  readonly #problems: string[] = []

  private constructor(playground: Playground, browser: Browser) {
    this.playground = playground
    this.#browser = browser
  }

  static async start(): Promise<PageDriver> {
    const playground = await startPlayground(0)
    const browser = await driver.launch({ executablePath: chromium ?? 'chromium', args: chromiumArguments })
    return new PageDriver(playground, browser)
  }

  async stop(): Promise<void> {
    await this.#browser.close()
    await this.playground.stop()
  }

  /** Closes the pages of a test. Throws if they had errors or called other servers. */
  async finishTest(): Promise<void> {
    await Promise.all(this.#browser.contexts().map(async (context) => context.close()))
    const found = this.takeProblems()
    if (found.length > 0) throw new Error(`The page had errors or called other servers: ${found.join('; ')}`)
  }

  /** Returns the problems since the last call. */
  takeProblems(): readonly string[] {
    return this.#problems.splice(0)
  }

  /** Opens the page and waits for the response to its first call. `prepare` runs before the page loads. */
  async open(options: BrowserContextOptions = {}, prepare?: (page: Page) => Promise<void>): Promise<Page> {
    const page = await this.#browser.newPage(options)
    page.setDefaultTimeout(10_000)
    page.on('pageerror', (error) => this.#problems.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error') this.#problems.push(message.text())
    })
    page.on('request', (request) => {
      if (!request.url().startsWith(`${this.playground.loginUrl}/`)) this.#problems.push(request.url())
    })
    await prepare?.(page)
    await page.goto(this.playground.loginUrl)
    await page.locator('.verdict').waitFor()
    return page
  }
}

/** Does something that calls the API, waits until the page shows its result, and returns that. */
export async function after(page: Page, act: () => Promise<unknown>): Promise<Shown> {
  await page.locator('#status').evaluate((element) => element.replaceChildren())
  await act()
  await page.locator('.verdict').waitFor()
  return shown(page)
}

export async function shown(page: Page): Promise<Shown> {
  const rejecting = page.locator('#panel-why .rejected .step')
  return {
    status: (await page.locator('.verdict strong').textContent()) ?? '',
    rejecting: (await rejecting.count()) === 0 ? null : await rejecting.textContent(),
    servers: (await page.locator('.verdict span').textContent()) ?? '',
  }
}

/** Chooses a value of a segmented control. */
export async function choose(page: Page, control: 'User' | 'Route' | 'Server', value: string): Promise<void> {
  await page.getByRole('radiogroup', { name: control }).getByText(value, { exact: true }).click()
}

export async function press(page: Page, button: string): Promise<void> {
  await page.getByRole('button', { name: button, exact: true }).click()
}

export async function openTab(page: Page, name: 'Response' | 'Why' | 'curl' | 'Code'): Promise<void> {
  await page.getByRole('tab', { name, exact: true }).click()
}

/** Opens a folded part of the token. */
export async function unfold(page: Page, name: string): Promise<void> {
  await page.locator('summary').getByText(name, { exact: true }).click()
}

/** Changes a field of the token. */
export async function edit(page: Page, part: 'Header' | 'Claims' | 'Signature', change: (text: string) => string) {
  if (part !== 'Claims') await unfold(page, part)
  const field = page.getByLabel(part, { exact: true })
  await field.fill(change(await field.inputValue()))
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Returns what axe finds by WCAG 2.2 AA and its best practices. */
export async function findViolations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe)
  return page.evaluate(async () => {
    const { axe: loaded } = globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } }
    const { violations } = await loaded.run({
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    })
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
  })
}

interface AxeResults {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[]
}
