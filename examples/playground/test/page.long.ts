import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { withChromium } from './chromium.ts'
import { after, choose, edit, findViolations, openTab, PageDriver, phone, press, shown } from './page-driver.ts'

const same = 'same on 3 frameworks'

describe('the page of the playground', withChromium, () => {
  let driver: PageDriver

  beforeAll(async () => {
    driver = await PageDriver.start()
  })
  afterAll(async () => {
    await driver.stop()
  })
  afterEach(async () => {
    await driver.finishTest()
  })

  it('opens with john logged in and GET /admin answered', async () => {
    const page = await driver.open()
    expect(await shown(page)).toEqual({ status: '200 OK', rejecting: null, servers: same })
    for (const name of ['john, an admin', '/admin', 'all']) {
      expect(await page.getByRole('radio', { name, exact: true }).isChecked()).toBe(true)
    }
    expect(await page.locator('#status').textContent()).toContain('GET /admin')
    expect(await page.locator('#panel-why li').count()).toBe(17)
    expect(await page.getByLabel('Claims', { exact: true }).inputValue()).toContain('"name": "John Doe"')
    expect(await page.getByRole('timer').innerText()).toMatch(/^Expires in (4:\d\d|5:00)$/)
    const [header = '', payload = '', signature = ''] = await page.locator('.encoded span').allTextContents()
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toMatchObject({ alg: 'ES256' })
    expect([payload.length, signature.length].every((length) => length > 80)).toBe(true)
  })

  it.each([
    ['admin: true', '401 signature_invalid', 'verify'],
    ['expired', '401 token_expired', 'screen exp'],
    ['alg: none', '401 algorithm_not_allowed', 'screen alg'],
    ['HS256 with the public key', '401 algorithm_not_allowed', 'screen alg'],
    ['other audience', '401 audience_not_allowed', 'validate aud'],
    ['unknown kid', '401 signature_invalid', 'find key'],
    ['revoked', '401 token_revoked', 'revocation'],
  ])('shows with one click how the attack %s is rejected', async (name, status, rejecting) => {
    const page = await driver.open()
    expect(await after(page, () => press(page, name))).toEqual({ status, rejecting, servers: same })
    expect(await page.getByRole('button', { name, exact: true }).getAttribute('aria-pressed')).toBe('true')
    expect(await page.getByRole('button', { name: 'valid token' }).getAttribute('aria-pressed')).toBe('false')
    const again = await after(page, () => press(page, 'valid token'))
    expect(again.rejecting).toBe(name === 'admin: true' ? 'decide' : null)
  })

  it('shows Expired and Revoked for such tokens', async () => {
    const page = await driver.open()
    const timer = page.getByRole('timer')
    await after(page, () => press(page, 'expired'))
    expect(await timer.innerText()).toBe('Expired')
    await after(page, () => press(page, 'revoked'))
    expect(await timer.innerText()).toBe('Revoked')
    await after(page, () => press(page, 'valid token'))
    expect(await timer.innerText()).toMatch(/^Expires in/)
  })

  it('leaves the public route for an attack, because that route reads no token', async () => {
    const page = await driver.open()
    expect(await after(page, () => choose(page, 'Route', '/public'))).toMatchObject({ status: '200 OK' })
    expect(await page.locator('#panel-why').textContent()).toContain('The route is public.')
    expect(await after(page, () => press(page, 'alg: none'))).toMatchObject({ rejecting: 'screen alg' })
  })

  it('turns the provider off and on: known keys go on working, and APIs without cached keys respond with 503', async () => {
    const page = await driver.open()
    const chip = page.getByRole('button', { name: 'provider down' })
    const notice = page.locator('#provider-text')
    expect(await after(page, () => chip.click())).toEqual({ status: '200 OK', rejecting: null, servers: same })
    expect([await chip.getAttribute('aria-pressed'), await notice.textContent()]).toEqual([
      'true',
      expect.stringContaining('cached them'),
    ])
    // The button disappears, so the focus moves to the chip.
    const restarted = await after(page, () => page.getByRole('button', { name: 'Restart the APIs' }).press('Enter'))
    expect(await page.locator(':focus').innerText()).toBe('provider down')
    expect(restarted).toEqual({ status: '503 keys_unavailable', rejecting: 'find key', servers: same })
    expect(await notice.textContent()).toContain('503 and never with 401')
    await press(page, 'Turn the provider on')
    // The page sends again after Retry-After.
    await page.locator('.verdict').getByText('200 OK').waitFor()
    expect(await page.locator('#provider').isHidden()).toBe(true)
    expect(await chip.getAttribute('aria-pressed')).toBe('false')
  })

  it('opens only the step that rejected the request, with a link to its section in the docs', async () => {
    const page = await driver.open()
    await after(page, () => press(page, 'unknown kid'))
    expect(await page.locator('#panel-why details[open]').count()).toBe(1)
    expect(await page.locator('#panel-why').innerText()).toContain('The client sees signature_invalid')
    const heights = await page.locator('#panel-why li:not(.rejected, .not-reached)').evaluateAll((items) => {
      return items.map((item) => item.getBoundingClientRect().height)
    })
    expect(heights).toHaveLength(6)
    for (const height of heights) expect(height).toBeLessThan(32)
    const [docs] = await Promise.all([
      page.waitForEvent('popup'),
      page.getByRole('link', { name: 'errors.md' }).click(),
    ])
    expect(await docs.getByRole('heading', { level: 1 }).innerText()).toBe('key_not_found')
    expect(await findViolations(docs)).toEqual([])
  })

  it('shows the response that the client gets', async () => {
    const page = await driver.open()
    await after(page, () => choose(page, 'Route', '/reports'))
    await openTab(page, 'Response')
    const text = await page.locator('#panel-response').innerText()
    expect(text).toContain('HTTP/1.1 403 Forbidden')
    expect(text).toContain('WWW-Authenticate: Bearer realm="api", error="insufficient_scope"')
    expect(text).toContain('"code": "scope_insufficient"')
  })

  it('shows a curl command that gets the same response in a terminal', async () => {
    const page = await driver.open()
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    for (const [server, status] of [
      ['Koa', 'HTTP/1.1 200 OK'],
      ['Fastify', 'HTTP/1.1 200 OK'],
    ] as const) {
      await after(page, () => choose(page, 'Server', server))
      await openTab(page, 'curl')
      expect(await runInShell(await page.locator('#panel-curl pre').innerText())).toContain(status)
    }
    await edit(page, 'Signature', () => `x'y "$(exit 1)`)
    await after(page, () => press(page, 'Send'))
    await press(page, 'Copy')
    await page.getByText('Copied.').waitFor()
    const copied = await page.evaluate<string>('navigator.clipboard.readText()')
    expect(copied).toBe(await page.locator('#panel-curl pre').innerText())
    expect(await runInShell(copied)).toContain('HTTP/1.1 400 Bad Request')
  })

  it('shows the source of the chosen server', async () => {
    const page = await driver.open()
    await openTab(page, 'Code')
    const code = page.locator('#panel-code')
    expect(await code.innerText()).toContain("app.get('/admin', requireRole('admin')")
    await after(page, () => choose(page, 'Server', 'Fastify'))
    expect(await code.innerText()).toContain("config: { auth: hasRole('admin') }")
    await after(page, () => choose(page, 'Route', '/reports'))
    expect(await code.innerText()).toContain("requireScope('reports:read')")
    expect(await code.innerText()).toContain('examples/playground/src/fastify-api.ts')
    expect(await shown(page)).toMatchObject({ servers: 'on Fastify' })
  })

  it('has tabs that follow the ARIA pattern', async () => {
    const page = await driver.open()
    const state = () =>
      page.getByRole('tab').evaluateAll((tabs) => tabs.map((tab) => tab.getAttribute('aria-selected')))
    await page.getByRole('tab', { name: 'Why' }).focus()
    const press1 = async (key: string) => {
      await page.keyboard.press(key)
      return [await page.locator(':focus').innerText(), await page.getByRole('tabpanel').getAttribute('id')]
    }
    expect(await press1('ArrowRight')).toEqual(['curl', 'panel-curl'])
    expect(await press1('End')).toEqual(['Code', 'panel-code'])
    expect(await press1('ArrowRight')).toEqual(['Response', 'panel-response'])
    expect(await press1('ArrowLeft')).toEqual(['Code', 'panel-code'])
    expect(await press1('Home')).toEqual(['Response', 'panel-response'])
    expect(await state()).toEqual(['true', 'false', 'false', 'false'])
    // Tab leaves the list for the panel: only the selected tab is in the tab order.
    await page.keyboard.press('Tab')
    expect(await page.locator(':focus').getAttribute('id')).toBe('panel-response')
    await page.keyboard.press('Shift+Tab')
    expect(await page.locator(':focus').innerText()).toBe('Response')
  })

  it('can be used with the keyboard only', async () => {
    const page = await driver.open()
    await page.keyboard.press('Tab')
    expect(await page.locator(':focus').getAttribute('aria-label')).toBe('john, an admin')
    expect(await after(page, () => page.keyboard.press('ArrowRight'))).toMatchObject({ status: '403 access_denied' })
    await page.keyboard.press('Tab')
    expect(await after(page, () => page.keyboard.press('ArrowRight'))).toMatchObject({ status: '200 OK' })
    for (let index = 0; index < 2; index++) await page.keyboard.press('Tab')
    expect(await page.locator(':focus').innerText()).toBe('Send')
    expect(await after(page, () => page.keyboard.press('Enter'))).toMatchObject({ status: '200 OK' })
    for (let index = 0; index < 3; index++) await page.keyboard.press('Tab')
    expect(await page.locator(':focus').innerText()).toBe('expired')
    expect(await after(page, () => page.keyboard.press('Enter'))).toMatchObject({ status: '401 token_expired' })
  })

  it('is at most 1,600 pixels tall on a phone when it opens: the request, the result, then the token', async () => {
    const page = await driver.open(phone)
    expect(await page.evaluate<number>('document.documentElement.scrollHeight')).toBeLessThanOrEqual(1600)
    const order = page.locator('main section')
    expect(
      await order.evaluateAll((sections) => sections.map((section) => section.getAttribute('aria-labelledby'))),
    ).toEqual(['request-title', 'result-title', 'token-title'])
  })

  it('keeps the request in view on a wide screen, with the token below it', async () => {
    const page = await driver.open({ viewport: { width: 1280, height: 700 } })
    expect(await page.locator('#side section').count()).toBe(2)
    await page.evaluate(
      'document.body.style.minHeight = "3000px"; document.querySelector("main").style.minHeight = "2900px"',
    )
    await page.evaluate('scrollTo(0, 1500)')
    await expect.poll(async () => (await page.locator('#call').boundingBox())?.y).toBeLessThan(100)
    expect((await page.locator('#call').boundingBox())?.y).toBeGreaterThanOrEqual(0)
  })

  it.each([390, 320])('fits a screen of %i pixels without horizontal scrolling', async (width) => {
    const page = await driver.open({ ...phone, viewport: { ...phone.viewport, width } })
    const widthOf = () => page.evaluate<number>('document.documentElement.scrollWidth')
    for (const tab of ['Response', 'Why', 'curl', 'Code'] as const) {
      await openTab(page, tab)
      expect(await widthOf()).toBeLessThanOrEqual(width)
    }
    await openTab(page, 'Why')
    for (const summary of await page.locator('summary').all()) await summary.click()
    expect(await widthOf()).toBeLessThanOrEqual(width)
    for (const name of ['unknown kid', 'admin: true']) await after(page, () => press(page, name))
    expect(await widthOf()).toBeLessThanOrEqual(width)
  })

  it.each(['light', 'dark'] as const)('passes axe for WCAG 2.2 AA in %s mode, also on a phone', async (colorScheme) => {
    for (const screen of [{}, phone]) {
      const page = await driver.open({ ...screen, colorScheme })
      expect(await findViolations(page)).toEqual([])
      for (const summary of await page.locator('.folded summary').all()) await summary.click()
      await edit(page, 'Claims', (text) => text.replace('John', 'Jim'))
      await after(page, () => press(page, 'Send'))
      for (const tab of ['Response', 'Why', 'curl', 'Code'] as const) {
        await openTab(page, tab)
        expect(await findViolations(page)).toEqual([])
      }
    }
  })
})

async function runInShell(command: string): Promise<string> {
  return (await promisify(execFile)('sh', ['-c', command])).stdout
}
