// pnpm pictures: takes the screenshots of the playground for docs/playground, with the installed Chromium.
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { chromium as driver } from 'playwright-core'
import type { BrowserContextOptions } from 'playwright-core'
import { startPlayground } from '../src/playground.ts'
import { chromium, chromiumArguments } from './chromium.ts'

const folder = fileURLToPath(new URL('../../../docs/playground/', import.meta.url))
const desk = { viewport: { width: 1180, height: 1400 } }
const screens: Readonly<Record<string, BrowserContextOptions>> = {
  light: { ...desk, colorScheme: 'light' },
  dark: { ...desk, colorScheme: 'dark' },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, colorScheme: 'light' },
}

if (chromium === null) throw new Error('Chromium was not found. Install it, or set CHROMIUM')
mkdirSync(folder, { recursive: true })
const playground = await startPlayground(0)
const browser = await driver.launch({ executablePath: chromium, args: chromiumArguments })
for (const [name, options] of Object.entries(screens)) {
  const page = await browser.newPage(options)
  await page.goto(playground.loginUrl)
  await page.getByLabel('User').selectOption('jane')
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.getByText('jane is logged in.').waitFor()
  const claims = page.getByLabel('Claims', { exact: true })
  await claims.fill((await claims.inputValue()).replace('"admin": false', '"admin": true'))
  await page.getByLabel('Route').selectOption('/admin')
  await page.getByRole('button', { name: 'Call' }).click()
  await page.locator('.status').waitFor()
  await page.evaluate('document.activeElement.blur()')
  if (name === 'phone') await page.locator('.call').evaluate((section) => section.scrollIntoView())
  await page.screenshot({ path: `${folder}${name}.png` })
}
await browser.close()
await playground.stop()
