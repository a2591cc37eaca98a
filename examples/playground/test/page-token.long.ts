import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { withChromium } from './chromium.ts'
import { after, choose, edit, PageDriver, press, unfold } from './page-driver.ts'

const same = 'same on 3 frameworks'

describe('the token on the page of the playground', withChromium, () => {
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

  it('shows the meaning of the claims, and the resulting role', async () => {
    const page = await driver.open()
    await unfold(page, 'Claims explained')
    const claim = (name: string) => page.locator('#claims div').filter({ hasText: `${name}: ` })
    expect(await claim('admin').locator('.role').innerText()).toBe('role admin')
    expect(await claim('iss').innerText()).toContain('The issuer of the token.')
  })

  it('sends no token, and calls a single server', async () => {
    const page = await driver.open()
    const missing = await after(page, () => choose(page, 'User', 'no token'))
    expect(missing).toEqual({ status: '401 token_missing', rejecting: 'extract', servers: same })
    expect(await page.getByRole('timer').innerText()).toBe('No token')
    expect(await after(page, () => choose(page, 'Server', 'Koa'))).toMatchObject({ servers: 'on Koa' })
    expect(await after(page, () => choose(page, 'User', 'jane'))).toMatchObject({ status: '403 access_denied' })
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
    async (_what, part, change, rejecting) => {
      const page = await driver.open()
      await after(page, () => choose(page, 'User', 'jane'))
      await edit(page, part, change)
      expect(await page.getByText('Edited. The signature no longer matches the content.').isVisible()).toBe(true)
      expect(await page.getByRole('button', { name: 'valid token' }).getAttribute('aria-pressed')).toBe('false')
      expect(await after(page, () => press(page, 'Send'))).toMatchObject({ rejecting, servers: same })
      expect(await page.locator('#status').textContent()).toContain('Its content was edited.')
      await press(page, 'Undo the edits')
      expect(await page.locator(':focus').getAttribute('id')).toBe('payload')
      expect(await page.getByRole('button', { name: 'valid token' }).getAttribute('aria-pressed')).toBe('true')
      expect(await after(page, () => press(page, 'Send'))).toMatchObject({ status: '403 access_denied' })
      expect(await page.locator('#status').textContent()).not.toContain('edited')
    },
  )

  it('counts down until the token expires', async () => {
    const page = await driver.open({}, (opened) => opened.clock.install())
    await unfold(page, 'Session')
    await after(page, () => press(page, 'Log in for 20 seconds'))
    const timer = page.getByRole('timer')
    expect(await timer.innerText()).toMatch(/^Expires in 0:(1\d|20)$/)
    await page.clock.fastForward(22_000)
    expect(await timer.innerText()).toMatch(/^Expired, tolerated for \d s$/)
    await page.clock.fastForward(10_000)
    expect(await timer.innerText()).toBe('Expired')
  })

  it('accepts a pasted token', async () => {
    const page = await driver.open()
    await unfold(page, 'Paste a token')
    const past = { now: () => Date.now() - 3_600_000 }
    await page.getByLabel('Pasted token').fill(await driver.playground.login.signToken('john', past))
    expect(await page.getByRole('timer').innerText()).toBe('Expired')
    expect(await page.getByRole('radio', { name: 'john, an admin' }).isChecked()).toBe(false)
    expect(await after(page, () => press(page, 'Send'))).toMatchObject({ status: '401 token_expired' })
  })

  it('refreshes tokens, and shows that a logout revokes them', async () => {
    const page = await driver.open()
    await unfold(page, 'Session')
    const signature = page.locator('#signature')
    const first = await signature.inputValue()
    expect(await after(page, () => press(page, 'Refresh'))).toMatchObject({ status: '200 OK' })
    expect(await signature.inputValue()).not.toBe(first)
    const revoked = { status: '401 token_revoked', rejecting: 'revocation', servers: same }
    expect(await after(page, () => press(page, 'Log out'))).toEqual(revoked)
    expect(await page.getByRole('timer').innerText()).toBe('Revoked')
    expect(await page.getByRole('button', { name: 'Refresh' }).isDisabled()).toBe(true)
    expect(await after(page, () => press(page, 'valid token'))).toMatchObject({ status: '200 OK' })
    expect(await after(page, () => press(page, 'Log out everywhere'))).toEqual(revoked)
  })

  it('discards its tokens if a refresh fails because the session has ended', async () => {
    const page = await driver.open()
    await unfold(page, 'Session')
    await driver.playground.login.issuer.logoutAll('1234567890')
    // The browser logs the expected status as an error, perhaps after the page has shown its text.
    const logged = page.waitForEvent('console', (message) => message.type() === 'error')
    await press(page, 'Refresh')
    await page.locator('#session').getByText('Log in again').waitFor()
    await logged
    expect(driver.takeProblems()).toEqual([expect.stringContaining('status of 400')])
    expect(await page.getByRole('button', { name: 'Refresh' }).isDisabled()).toBe(true)
  })

  it('shows that a logout revokes the token even if the route is public', async () => {
    const page = await driver.open()
    await after(page, () => choose(page, 'Route', '/public'))
    await unfold(page, 'Session')
    expect(await after(page, () => press(page, 'Log out'))).toMatchObject({ status: '200 OK' })
    expect(await page.getByRole('timer').innerText()).toBe('Revoked')
  })

  it('moves the focus when a focused button is disabled', async () => {
    const page = await driver.open()
    await unfold(page, 'Session')
    await after(page, () => page.getByRole('button', { name: 'Log out', exact: true }).press('Enter'))
    expect(await page.locator(':focus').getAttribute('id')).toBe('brief')
  })

  it('shows the response to the last call, even if an earlier one arrives later', async () => {
    const page = await driver.open()
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
    await choose(page, 'Route', '/reports')
    const late = page.waitForResponse(async (response) => (await response.text()).includes('scope_insufficient'))
    await choose(page, 'Route', '/public')
    await released
    await late
    expect(await page.locator('#status').textContent()).toMatch(/^200 OK.*GET \/public/)
  })

  it('keeps the original encoding of parts that are not edited', async () => {
    const page = await driver.open()
    const sent: string[] = []
    page.on('request', (request) => {
      if (request.url().endsWith('/try')) sent.push(String(Object(request.postDataJSON()).token))
    })
    await unfold(page, 'Paste a token')
    const header = Buffer.from('{ "alg":"HS256" }').toString('base64url')
    const payload = Buffer.from('{"a":1,\r\n "a":12345678901234567890}').toString('base64url')
    await page.getByLabel('Pasted token').fill(`${header}.${payload}.sig`)
    expect(await page.getByText('Edited').isVisible()).toBe(false)
    await after(page, () => press(page, 'Send'))
    await edit(page, 'Signature', () => 'other')
    await after(page, () => press(page, 'Send'))
    expect(sent).toEqual([`${header}.${payload}.sig`, `${header}.${payload}.other`])
  })

  it('shows claims as text and not as HTML, in the token and in the result', async () => {
    const page = await driver.open()
    const image = '<img src=x>'
    await edit(page, 'Claims', (text) => text.replace('https://login.example', image).replace('John', '<script>'))
    await unfold(page, 'Claims explained')
    await after(page, () => press(page, 'Send'))
    expect(await countInserted(page)).toBe(0)
    expect(await page.locator('#panel-why .rejected').innerText()).toContain(image)
    expect(await page.locator('#claims').innerText()).toContain('<script>')
  })
})

function countInserted(page: Page): Promise<number> {
  return page.locator('main img, main script').count()
}
