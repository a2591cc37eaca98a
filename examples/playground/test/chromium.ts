import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const names = ['chromium', 'chromium-browser', 'google-chrome']

/** The browser of this machine, by CHROMIUM or on the PATH; null where there is none. */
export const chromium: string | null = process.env['CHROMIUM'] ?? findOnPath()

/** Why nothing can be looked at here; null where it can. CI must have a browser. */
export const chromiumMissing =
  chromium !== null || process.env['CI'] === 'true' ? null : 'there is no Chromium; install it, or set CHROMIUM'

/** As root, as in a container, Chromium starts without its sandbox alone. */
export const chromiumArguments = process.getuid?.() === 0 ? ['--no-sandbox'] : []

function findOnPath(): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const candidates = folders.flatMap((folder) => names.map((name) => join(folder, name)))
  return candidates.find((candidate) => existsSync(candidate)) ?? null
}
