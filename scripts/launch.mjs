// node scripts/launch.mjs <script> [file]: installs missing packages, runs a script of package.json, then the file.
// Requires only Node and npm.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { basename, delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { countTests, findSuitesWithoutReport, forgetReports, readReports, toLines } from './test-summary.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const stampFile = join(root, 'node_modules', '.installed.json')
const onWindows = process.platform === 'win32'

/** Large packages, installed only for the scripts that need them. */
const extraPackages = {
  '@claimcheck/runtimes': { folder: 'runtimes', neededBy: ['check:full'] },
  '@claimcheck/example-jest': { folder: 'examples/testing/jest', neededBy: ['check:full'] },
  '@claimcheck/docs': { folder: 'docs', neededBy: ['check:full', 'site', 'site:dev'] },
}
/** The scripts that run tests, with the command of a contributor. */
const testCommands = { check: 'npm test', 'check:full': 'npm run test:full' }
/** The range of vitest. A build runs on every Node that can start this file. */
const testNode = {
  range: '22.12, 24 or 26',
  accepts: ([major, minor]) => (major === 22 && minor >= 12) || major === 24 || major >= 26,
}
const firstNode = { range: '20.19', accepts: ([major, minor]) => major > 20 || (major === 20 && minor >= 19) }

/** The Node that runs npm. `node` on the PATH of a script can be the one in node_modules/.bin. */
const installedNode = process.env.npm_node_execpath ?? process.execPath

const [script, file] = process.argv.slice(2)
let running = null
let stopping = false

await main()

async function main() {
  if (script === undefined) fail('Usage: node scripts/launch.mjs <script> [file]')
  if (!firstNode.accepts(runningVersion())) {
    fail(
      `claimcheck requires Node ${firstNode.range} or later, but runs on ${process.versions.node}. See https://nodejs.org`,
    )
  }
  forwardSignals()
  await install()
  const node = findNode()
  const pathName = Object.keys(process.env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH'
  const path = [dirname(node), process.env[pathName]].join(delimiter)
  const env = { ...process.env, INSTALLED_NODE: installedNode, [pathName]: path }
  const quiet = file !== undefined
  const command = testCommands[script]
  if (command !== undefined) forgetReports(command)
  const status = await phase(script, quiet, ['run', script], env)
  if (command !== undefined) {
    const lines = toLines(countTests(readReports(command)), findSuitesWithoutReport(command))
    for (const line of lines) console.log(line)
  }
  if (status !== 0) process.exit(status)
  if (file !== undefined) process.exitCode = await run(node, ['--enable-source-maps', file], env, 'inherit')
}

async function install() {
  const stamp = readStamp()
  const isUnchanged = stamp?.fingerprint === fingerprint()
  const installed = (name) => existsSync(join(root, extraPackages[name].folder, 'node_modules'))
  const present = isUnchanged ? (stamp.extras ?? []).filter(installed) : []
  const needed = Object.keys(extraPackages).filter((name) => extraPackages[name].neededBy.includes(script))
  if (isUnchanged && needed.every((name) => present.includes(name))) return
  const extras = Object.keys(extraPackages).filter((name) => needed.includes(name) || present.includes(name))
  rmSync(stampFile, { force: true })
  // Only CI checks each package with the registry again, because it is slow. The hashes are always checked.
  const trust = process.env.CI ? [] : ['--trust-lockfile']
  const excluded = Object.keys(extraPackages).filter((name) => !extras.includes(name))
  const filters = excluded.flatMap((name) => ['--filter', `!${name}`])
  const status = await phase('install', true, [...filters, 'install', '--frozen-lockfile', ...trust], process.env)
  if (status !== 0) process.exit(status)
  writeFileSync(stampFile, JSON.stringify({ fingerprint: fingerprint(), extras }))
}

function readStamp() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'))
  } catch {
    return null
  }
}

/** Changes if a file that an install reads changes, or if a node_modules folder appears or disappears. */
function fingerprint() {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch} `)
  for (const name of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', '.pnpmfile.mjs'])
    hash.update(readFileSync(join(root, name)))
  const extraFolders = Object.values(extraPackages).map(({ folder }) => join(root, folder))
  for (const folder of packageFolders()) {
    const installed = existsSync(join(folder, 'node_modules')) && !extraFolders.includes(folder)
    hash.update(`${folder} ${installed} `).update(readFileSync(join(folder, 'package.json')))
  }
  return hash.digest('hex')
}

function packageFolders() {
  const top = foldersIn(root)
  const second = top.flatMap(foldersIn)
  return [root, ...top, ...second, ...second.flatMap(foldersIn)].filter((folder) =>
    existsSync(join(folder, 'package.json')),
  )
}

function foldersIn(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.'))
    .map((entry) => join(folder, entry.name))
}

/** Returns the Node of the lockfile if there is one for this platform, otherwise the installed one. */
function findNode() {
  const platform = onWindows ? 'win' : process.platform
  const pinned = join(root, 'node_modules', `node-${platform}-${process.arch}`, 'bin', onWindows ? 'node.exe' : 'node')
  if (existsSync(pinned)) return pinned
  if (script !== 'build' && !testNode.accepts(runningVersion())) {
    fail(
      `The lockfile has no Node for ${process.platform} ${process.arch}, and the tools require Node ${testNode.range}, but run on ${process.versions.node}.`,
    )
  }
  return process.execPath
}

function runningVersion() {
  return process.versions.node.split('.').map(Number)
}

async function phase(name, quiet, pnpmArguments, env) {
  const started = performance.now()
  const status = await pnpm(pnpmArguments, env, quiet)
  if (status !== 0) {
    if (!stopping) console.error(`✗ ${name} failed`)
    return status
  }
  console.log(`✓ ${name} ${((performance.now() - started) / 1000).toFixed(1)} s`)
  return 0
}

/** Runs pnpm with npx, so that it need not be installed. Its install script has to run, because it adds the binary. */
function pnpm(pnpmArguments, env, quiet) {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const npxArguments = ['--yes', packageManager, ...pnpmArguments]
  const pnpmEnv = { ...env, npm_config_ignore_scripts: 'false', TURBO_TELEMETRY_DISABLED: '1' }
  const output = quiet ? 'on failure' : 'inherit'
  const npx = findNpx()
  return npx === null
    ? run('npx', npxArguments, pnpmEnv, output)
    : run(process.execPath, [npx, ...npxArguments], pnpmEnv, output)
}

/** Finds the npx of the npm that started this script. It is a JavaScript file, so no system needs a shell to run it. */
function findNpx() {
  const npm = process.env.npm_execpath ?? ''
  const candidates = [
    ...(basename(npm) === 'npm-cli.js' ? [join(dirname(npm), 'npx-cli.js')] : []),
    join(dirname(process.execPath), 'node_modules', 'npm', 'bin', 'npx-cli.js'),
    join(dirname(dirname(process.execPath)), 'lib', 'node_modules', 'npm', 'bin', 'npx-cli.js'),
  ]
  return candidates.find((candidate) => existsSync(candidate)) ?? null
}

/** Runs a program in a separate process group, so that this script forwards a signal once to the program and its children. */
function run(program, programArguments, env, output) {
  const captured = []
  const stdio = output === 'inherit' ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe']
  running = spawn(program, programArguments, { cwd: root, env, stdio, detached: !onWindows })
  running.stdout?.on('data', (chunk) => captured.push(chunk))
  running.stderr?.on('data', (chunk) => captured.push(chunk))
  return new Promise((resolve, reject) => {
    running.on('error', reject)
    running.on('close', (code, signal) => {
      running = null
      if (code !== 0 && !stopping) process.stderr.write(Buffer.concat(captured))
      if (stopping) process.exit(code ?? 128 + constants.signals[signal])
      resolve(code ?? 128 + constants.signals[signal])
    })
  })
}

/** Forwards signals. npm sends SIGTERM to a shell that ignores it, so the end of the parent process is treated as SIGTERM. */
function forwardSignals() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(signal))
  const parent = process.ppid
  setInterval(() => process.ppid !== parent && stop('SIGTERM'), 250).unref()
}

function stop(signal) {
  if (running === null) process.exit(128 + constants.signals[signal])
  send(signal)
  if (stopping) return
  stopping = true
  setTimeout(() => send('SIGKILL'), 5_000).unref()
}

function send(signal) {
  if (running === null) return
  try {
    if (onWindows) running.kill(signal)
    else process.kill(-running.pid, signal)
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
  }
}

function fail(message) {
  console.error(message)
  process.exit(1)
}
