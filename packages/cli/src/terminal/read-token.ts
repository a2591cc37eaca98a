import type { CliContext, Input } from '../lib/context.ts'
import { UsageError } from '../lib/exit-codes.ts'
import { withProgress } from './progress.ts'

/** The longest token that a server can be configured to read. */
const maxTokenLength = 65_536
/** How long an unnamed pipe may stay silent. */
const pipeTimeoutMilliseconds = 10_000

const argumentWarning =
  'Warning: other users can see command-line arguments, and the shell saves them. Pipe the token in instead.\n'

/**
 * Reads the token from the argument, from stdin if the argument is `-`, or from a pipe if there is no argument. Returns null
 * if there is no argument and no pipe. Removes `Authorization:` and `Bearer`. Throws a UsageError.
 */
export async function readToken(argument: string | undefined, context: CliContext): Promise<string | null> {
  const { stdin, stderr } = context
  if (argument !== undefined && argument !== '-') {
    stderr.write(argumentWarning)
    return trimToken(argument) ?? throwMissing('The argument contains no token.')
  }
  if (argument === '-') {
    if (stdin.isTerminal) stderr.write('Paste the token, then press Enter and Ctrl-D.\n')
    return trimToken(await readAll(stdin)) ?? throwMissing('Stdin is empty.')
  }
  return stdin.isPiped ? readPipe(context) : null
}

function throwMissing(reason: string): never {
  throw new UsageError(`${reason} Pass a token as an argument, or - to read it from stdin.`)
}

/** A program that starts this one may leave a pipe open and never write to it. */
async function readPipe(context: CliContext): Promise<string | null> {
  const { stdin, schedule } = context
  let cancel = (): void => undefined
  const timeout = new Promise<never>((_resolve, reject) => {
    cancel = schedule(pipeTimeoutMilliseconds, () => {
      stdin.close()
      const seconds = pipeTimeoutMilliseconds / 1000
      reject(new UsageError(`No input on stdin after ${seconds} seconds. Pipe a token in, or use </dev/null.`))
    })
  })
  try {
    const reading = Promise.race([readAll(stdin), timeout])
    return trimToken(await withProgress(() => 'Waiting for a token on stdin', reading, context))
  } finally {
    cancel()
  }
}

async function readAll(stdin: Input): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of stdin.chunks()) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > maxTokenLength)
      throw new UsageError(`The token is too long: no server reads more than ${maxTokenLength} bytes.`)
  }
  return text + decoder.decode()
}

/** A token is often copied together with its header. */
function trimToken(text: string): string | null {
  const token = text
    .trim()
    .replace(/^authorization:\s*/i, '')
    .replace(/^bearer\s+/i, '')
  return token === '' ? null : token
}
