// pnpm pictures: takes the screenshots of the playground for docs/playground, with the installed Chromium.
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { chromium as driver } from 'playwright-core'
import type { BrowserContextOptions } from 'playwright-core'
import { startPlayground } from '../src/playground.ts'
import { chromium, chromiumArguments } from './chromium.ts'

const folder = fileURLToPath(new URL('../../../docs/playground/', import.meta.url))
// README shows them at a width of 590, so a narrow page keeps the text legible.
const desk = { viewport: { width: 980, height: 720 }, deviceScaleFactor: 1.4 }
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
  await page.locator('.verdict').waitFor()
  await page.getByRole('button', { name: 'admin: true' }).click()
  await page.getByText('401 signature_invalid').waitFor()
  await page.evaluate('document.activeElement.blur()')
  await page.screenshot({ path: `${folder}${name}.png` })
}
await browser.close()
await playground.stop()
