// node scripts/launch.mjs <script> [file]: installs what is missing, runs a script of package.json, then the file.
// Needs nothing but Node and npm.
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

/** Big, and wanted by few scripts. */
const extraPackages = {
  '@claimcheck/runtimes': { folder: 'runtimes', wantedBy: ['check:full'] },
  '@claimcheck/example-jest': { folder: 'examples/testing/jest', wantedBy: ['check:full'] },
  '@claimcheck/docs': { folder: 'docs', wantedBy: ['check:full', 'site', 'site:dev'] },
}
/** The scripts that run tests, by the command that users know them by. */
const testCommands = { check: 'npm test', 'check:full': 'npm run test:full' }
/** vitest's range; what only builds is content with any Node that can start this file. */
const testNode = {
  range: '22.12, 24 or 26',
  holds: ([major, minor]) => (major === 22 && minor >= 12) || major === 24 || major >= 26,
}
const firstNode = { range: '20.19', holds: ([major, minor]) => major > 20 || (major === 20 && minor >= 19) }

/** The Node that npm runs on; `node` itself is another as soon as there is one in node_modules/.bin. */
const machineNode = process.env.npm_node_execpath ?? process.execPath

const [script, file] = process.argv.slice(2)
let running = null
let stopping = false

await main()

async function main() {
  if (script === undefined) fail('Usage: node scripts/launch.mjs <script> [file]')
  if (!firstNode.holds(machineVersion())) {
    fail(
      `claimcheck needs Node ${firstNode.range} or later; this is Node ${process.versions.node}. See https://nodejs.org`,
    )
  }
  watchForTheEnd()
  await install()
  const node = findNode()
  const pathName = Object.keys(process.env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH'
  const path = [dirname(node), process.env[pathName]].join(delimiter)
  const env = { ...process.env, MACHINE_NODE: machineNode, [pathName]: path }
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
  const there = isUnchanged ? (stamp.extras ?? []).filter(installed) : []
  const wanted = Object.keys(extraPackages).filter((name) => extraPackages[name].wantedBy.includes(script))
  if (isUnchanged && wanted.every((name) => there.includes(name))) return
  const extras = Object.keys(extraPackages).filter((name) => wanted.includes(name) || there.includes(name))
  rmSync(stampFile, { force: true })
  // The registry is asked about each package again only where nobody waits; the hashes are checked either way.
  const trust = process.env.CI ? [] : ['--trust-lockfile']
  const left = Object.keys(extraPackages).filter((name) => !extras.includes(name))
  const without = left.flatMap((name) => ['--filter', `!${name}`])
  const status = await phase('install', true, [...without, 'install', '--frozen-lockfile', ...trust], process.env)
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

/** Changes with whatever an install reads, and with a node_modules folder that came or went. */
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

/** The Node of the lockfile where there is one for this platform, else the machine's. */
function findNode() {
  const platform = onWindows ? 'win' : process.platform
  const pinned = join(root, 'node_modules', `node-${platform}-${process.arch}`, 'bin', onWindows ? 'node.exe' : 'node')
  if (existsSync(pinned)) return pinned
  if (script !== 'build' && !testNode.holds(machineVersion())) {
    fail(
      `There is no Node in the lockfile for ${process.platform} ${process.arch}, and the tools need Node ${testNode.range}; this is Node ${process.versions.node}.`,
    )
  }
  return process.execPath
}

function machineVersion() {
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

/** pnpm by way of npx, so that nothing need be installed before; its install script puts its binary in place. */
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

/** The npx beside the npm that started us: a script, so that no shell is needed on any system. */
function findNpx() {
  const npm = process.env.npm_execpath ?? ''
  const candidates = [
    ...(basename(npm) === 'npm-cli.js' ? [join(dirname(npm), 'npx-cli.js')] : []),
    join(dirname(process.execPath), 'node_modules', 'npm', 'bin', 'npx-cli.js'),
    join(dirname(dirname(process.execPath)), 'lib', 'node_modules', 'npm', 'bin', 'npx-cli.js'),
  ]
  return candidates.find((candidate) => existsSync(candidate)) ?? null
}

/** Runs a program to its end in a group of its own: a signal then reaches it once, by us, and all that it started. */
function run(program, programArguments, env, output) {
  const kept = []
  const stdio = output === 'inherit' ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe']
  running = spawn(program, programArguments, { cwd: root, env, stdio, detached: !onWindows })
  running.stdout?.on('data', (chunk) => kept.push(chunk))
  running.stderr?.on('data', (chunk) => kept.push(chunk))
  return new Promise((resolve, reject) => {
    running.on('error', reject)
    running.on('close', (code, signal) => {
      running = null
      if (code !== 0 && !stopping) process.stderr.write(Buffer.concat(kept))
      if (stopping) process.exit(code ?? 128 + constants.signals[signal])
      resolve(code ?? 128 + constants.signals[signal])
    })
  })
}

/** Passes signals on. npm hands SIGTERM to a shell that drops it: that the parent is gone is then the only sign. */
function watchForTheEnd() {
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
