import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium as driver } from 'playwright-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startPlayground } from '../src/playground.ts'
import type { Playground } from '../src/playground.ts'
import { chromium, chromiumArguments, withChromium } from './chromium.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }

describe('the page of the playground', withChromium, () => {
  let playground: Playground
  let browser: Browser
  /** Errors of the page, and its requests to other servers. */
  const problems: string[] = []

  beforeAll(async () => {
    playground = await startPlayground(0)
    browser = await driver.launch({ executablePath: chromium ?? 'chromium', args: chromiumArguments })
  })
  afterAll(async () => {
    await browser.close()
    await playground.stop()
  })
  afterEach(() => {
    const found = problems.splice(0)
    if (found.length > 0) throw new Error(`The page had errors or called other servers: ${found.join('; ')}`)
  })

  async function open(options: BrowserContextOptions = {}): Promise<Page> {
    const page = await browser.newPage(options)
    page.setDefaultTimeout(10_000)
    page.on('pageerror', (error) => problems.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text())
    })
    page.on('request', (request) => {
      if (!request.url().startsWith(`${playground.loginUrl}/`)) problems.push(request.url())
    })
    await page.goto(playground.loginUrl)
    await page.locator('#path option').first().waitFor({ state: 'attached' })
    return page
  }

  async function logIn(page: Page, user: 'john' | 'jane'): Promise<void> {
    await page.getByLabel('User').selectOption(user)
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByText(`${user} is logged in.`).waitFor()
  }

  /** Calls a route of all three servers. Returns the status, the step that rejected, and whether the responses were equal. */
  async function call(page: Page, path: string) {
    await page.getByLabel('Route').selectOption(path)
    await page.locator('#responses').evaluate((element) => element.replaceChildren())
    await page.getByRole('button', { name: 'Call' }).click()
    await page.locator('.status').waitFor()
    const rejecting = page.locator('.steps .rejected strong')
    return {
      status: (await page.locator('.status').innerText()).replace(`GET ${path}: `, ''),
      rejecting: (await rejecting.count()) === 0 ? null : await rejecting.innerText(),
      isSame: await page.getByText('Express, Fastify and Koa sent the same response.').isVisible(),
    }
  }

  async function edit(page: Page, part: 'Header' | 'Claims' | 'Signature', change: (text: string) => string) {
    const field = page.getByLabel(part, { exact: true })
    await field.fill(change(await field.inputValue()))
  }

  it('shows the parts of a token, the meaning of its claims, and the resulting role', async () => {
    const page = await open()
    await logIn(page, 'john')
    expect(await page.getByLabel('Header', { exact: true }).inputValue()).toContain('"alg": "ES256"')
    const admin = page.getByRole('row', { name: /^admin true/ })
    expect(await admin.locator('.role').innerText()).toBe('role admin')
    expect(await page.getByRole('row', { name: /^iss / }).innerText()).toContain('The issuer of the token.')
    expect(await page.getByRole('timer').innerText()).toMatch(/^Expires in (4 min \d+|300|5 min 0) s\.$/)
  })

  it('calls any route on all servers, and shows status, challenge, body and steps', async () => {
    const page = await open()
    await logIn(page, 'john')
    expect(await call(page, '/admin')).toEqual({ status: '200 OK', rejecting: null, isSame: true })
    expect(await page.locator('.steps .passed').count()).toBe(17)
    expect(await call(page, '/reports')).toEqual({ status: '403 Forbidden', rejecting: 'decide', isSame: true })
    expect(await page.locator('#responses pre').innerText()).toContain(
      'WWW-Authenticate: Bearer realm="api", error="insufficient_scope"',
    )
    await page.getByLabel('without the token').check()
    expect(await call(page, '/me')).toEqual({ status: '401 Unauthorized', rejecting: 'extract', isSame: true })
    expect(await call(page, '/public')).toEqual({ status: '200 OK', rejecting: null, isSame: true })
    expect(await page.locator('#responses').innerText()).toContain('the route is public')
  })

  it('calls a single server', async () => {
    const page = await open()
    await page.getByLabel('Server').selectOption('Koa')
    expect(await call(page, '/me')).toEqual({ status: '401 Unauthorized', rejecting: 'extract', isSame: false })
  })

  it.each([
    ['a claim', 'Claims', (text: string) => text.replace('"admin": false', '"admin": true'), 'verify'],
    ['the audience', 'Claims', (text: string) => text.replace('api.example', 'other.example'), 'verify'],
    ['the issuer', 'Claims', (text: string) => text.replace('login.example', 'evil.example'), 'find issuer'],
    ['the expiry', 'Claims', (text: string) => text.replace(/"exp": \d+/, '"exp": 1'), 'screen exp'],
    ['the JSON syntax', 'Claims', (text: string) => text.slice(1), 'parse'],
    ['the algorithm', 'Header', (text: string) => text.replace('ES256', 'none'), 'screen alg'],
    ['the key', 'Header', (text: string) => text.replace(/"kid": ".*"/, '"kid": "other"'), 'find key'],
    ['the signature', 'Signature', (text: string) => (text[0] === 'A' ? 'B' : 'A') + text.slice(1), 'verify'],
  ] as const)(
    'shows which step rejects the token after an edit of %s, and undoes the edit',
    async (_what, part, change, step) => {
      const page = await open()
      await logIn(page, 'jane')
      await edit(page, part, change)
      expect(await page.getByText('Edited: the signature no longer matches the content.').isVisible()).toBe(true)
      expect(await call(page, '/admin')).toEqual({ status: '401 Unauthorized', rejecting: step, isSame: true })
      await page.getByRole('button', { name: 'Undo the edits' }).click()
      expect(await call(page, '/admin')).toEqual({ status: '403 Forbidden', rejecting: 'decide', isSame: true })
    },
  )

  it('shows how a token expires', async () => {
    const page = await browser.newPage()
    await page.clock.install()
    await page.goto(playground.loginUrl)
    await page.getByLabel('Token lifetime').selectOption('brief')
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByText('john is logged in.').waitFor()
    const timer = page.getByRole('timer')
    expect(await timer.innerText()).toMatch(/^Expires in (1\d|20) s\.$/)
    await page.clock.fastForward(22_000)
    expect(await timer.innerText()).toMatch(/^Expired, but accepted for \d s more, because the tolerance is 5 s\.$/)
    await page.clock.fastForward(10_000)
    expect(await timer.innerText()).toMatch(/^Expired \d+ s ago\.$/)
  })

  it('accepts a pasted token, and shows that it has expired', async () => {
    const page = await open()
    await page.getByText('Paste a token', { exact: true }).click()
    await page
      .getByLabel('Token', { exact: true })
      .fill(await playground.login.signToken('john', { now: () => Date.now() - 3_600_000 }))
    expect(await page.getByRole('timer').innerText()).toMatch(/^Expired \d+ min \d+ s ago\.$/)
    expect(await call(page, '/me')).toEqual({ status: '401 Unauthorized', rejecting: 'screen exp', isSame: true })
  })

  it('refreshes tokens, and shows that a logout revokes them', async () => {
    const page = await open()
    await logIn(page, 'jane')
    const signature = page.getByLabel('Signature')
    const first = await signature.inputValue()
    await page.getByRole('button', { name: 'Refresh' }).click()
    await page.getByText('Received a new access token').waitFor()
    expect(await signature.inputValue()).not.toBe(first)
    expect(await call(page, '/reports')).toMatchObject({ status: '200 OK' })
    await page.getByRole('button', { name: 'Log out', exact: true }).click()
    await page.getByText('Logged out').waitFor()
    expect(await page.getByRole('button', { name: 'Refresh' }).isDisabled()).toBe(true)
    expect(await call(page, '/reports')).toEqual({ status: '401 Unauthorized', rejecting: 'revocation', isSame: true })
    await logIn(page, 'jane')
    await page.getByRole('button', { name: 'Log out everywhere' }).click()
    await page.getByText('Logged out everywhere').waitFor()
    expect(await call(page, '/me')).toEqual({ status: '401 Unauthorized', rejecting: 'revocation', isSame: true })
  })

  it('discards its tokens if a refresh fails because the session has ended', async () => {
    const page = await open()
    await logIn(page, 'jane')
    await playground.login.issuer.logoutAll('1234567891')
    await page.getByRole('button', { name: 'Refresh' }).click()
    await page.getByText('log in again').waitFor()
    // The browser logs the expected status as an error.
    expect(problems.splice(0)).toEqual([expect.stringContaining('status of 400')])
    expect(await page.getByRole('button', { name: 'Refresh' }).isDisabled()).toBe(true)
  })

  it('moves the focus when a focused button is disabled', async () => {
    const page = await open()
    await logIn(page, 'john')
    await page.getByRole('button', { name: 'Log out', exact: true }).press('Enter')
    await page.getByText('Logged out').waitFor()
    expect(await page.locator(':focus').getAttribute('id')).toBe('user')
    await edit(page, 'Signature', () => 'x')
    await page.getByRole('button', { name: 'Undo the edits' }).press('Enter')
    expect(await page.locator(':focus').getAttribute('id')).toBe('payload')
  })

  it('shows the response to the last call, even if an earlier one arrives later', async () => {
    const page = await open()
    let isFirst = true
    const released = new Promise<void>((resolve) => {
      void page.route('**/try', async (route) => {
        if (!isFirst) return route.continue()
        isFirst = false
        await new Promise<void>((later) => page.once('response', () => later()))
        await route.continue()
        resolve()
      })
    })
    await page.getByLabel('Route').selectOption('/me')
    await page.getByRole('button', { name: 'Call' }).click()
    await page.getByLabel('Route').selectOption('/public')
    const late = page.waitForResponse(async (response) => (await response.text()).includes('token_missing'))
    await page.getByRole('button', { name: 'Call' }).click()
    await released
    await late
    expect(await page.locator('.status').innerText()).toBe('GET /public: 200 OK')
  })

  it('keeps the original encoding of parts that are not edited', async () => {
    const page = await open()
    const sent: string[] = []
    page.on('request', (request) => {
      if (request.url().endsWith('/try')) sent.push(String(Object(request.postDataJSON()).token))
    })
    await page.getByText('Paste a token', { exact: true }).click()
    const header = Buffer.from('{ "alg":"HS256" }').toString('base64url')
    const payload = Buffer.from('{"a":1,\r\n "a":12345678901234567890}').toString('base64url')
    await page.getByLabel('Token', { exact: true }).fill(`${header}.${payload}.sig`)
    expect(await page.getByText('Edited').isVisible()).toBe(false)
    await call(page, '/me')
    await edit(page, 'Signature', () => 'other')
    await call(page, '/me')
    expect(sent).toEqual([`${header}.${payload}.sig`, `${header}.${payload}.other`])
  })

  it('can be used with the keyboard only', async () => {
    const page = await open()
    const press = async (...keys: readonly string[]) => {
      for (const key of keys) await page.keyboard.press(key)
    }
    await press('Tab', 'Tab', 'Tab', 'Enter')
    await page.getByText('john is logged in.').waitFor()
    const visited = new Set<string>()
    for (let tabs = 0; tabs < 20 && !visited.has('Call'); tabs++) {
      await press('Tab')
      visited.add(await page.locator(':focus').innerText())
    }
    expect(visited).toContain('Call')
    await press('Enter')
    await page.locator('.status').waitFor()
  })

  it.each([390, 320])('fits a screen of %i pixels without horizontal scrolling', async (width) => {
    const page = await open({ ...phone, viewport: { ...phone.viewport, width } })
    await logIn(page, 'john')
    await call(page, '/admin')
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
  })

  it('shows claims as text and not as HTML', async () => {
    const page = await open()
    await logIn(page, 'john')
    await edit(page, 'Claims', () => JSON.stringify({ '<img src=x>': '<script>alert(1)</script>' }))
    expect(await page.locator('#claims img, #claims script').count()).toBe(0)
    expect(await page.getByRole('row', { name: /<script>/ }).isVisible()).toBe(true)
  })

  it.each(['light', 'dark'] as const)('passes axe for WCAG 2.2 AA in %s mode, also on a phone', async (colorScheme) => {
    for (const screen of [{}, phone]) {
      const page = await open({ ...screen, colorScheme })
      await logIn(page, 'john')
      await call(page, '/reports')
      await page.evaluate(axe)
      const violations = await page.evaluate(async () => {
        const { axe: loaded } = globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } }
        const { violations: found } = await loaded.run({
          runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
        })
        return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
      })
      expect(violations).toEqual([])
    }
  })
})

interface AxeResults {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[]
}
