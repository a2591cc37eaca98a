// node program.mjs: runs the installed command as a dev issuer. Its doctor must accept the issuer's token and reject another.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'

const bin = 'node_modules/claimcheck/dist/main.js'

const help = await run(['--help'], '')
assert.match(help.stdout, /^Usage: claimcheck/)

const issuer = spawn(process.execPath, [bin, 'dev', '--port', '0', '--json', '--role', 'admin'])
const [printed] = await once(issuer.stdout, 'data')
try {
  const { variables, token } = JSON.parse(String(printed))
  const good = await run(['doctor', '--json', '--role', 'admin', '-'], token, variables)
  assert.deepEqual([good.code, JSON.parse(good.stdout).explanation.outcome, good.stderr], [0, 'accepted', ''])
  const bad = await run(['doctor', '--json', '-'], `${token.slice(0, -8)}AAAAAAAA`, variables)
  assert.deepEqual([bad.code, JSON.parse(bad.stdout).explanation.code, bad.stderr], [1, 'signature_invalid', ''])
} finally {
  issuer.kill('SIGTERM')
}
assert.deepEqual(await once(issuer, 'close'), process.platform === 'win32' ? [null, 'SIGTERM'] : [0, null])
console.log('claimcheck works')

async function run(programArguments, input, variables = {}) {
  const child = spawn(process.execPath, [bin, ...programArguments], { env: { PATH: process.env.PATH, ...variables } })
  child.stdin.end(input)
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { stdout, stderr, code }
}
