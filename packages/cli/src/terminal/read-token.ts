import { withProgress } from './progress.ts'
import type { Input, CliContext } from '../lib/context.ts'
import { UsageError } from '../usage-error.ts'

/** The longest token that a server can be told to read. */
const longestToken = 65_536
/** How long a pipe that nobody named may stay silent. */
const patienceMilliseconds = 10_000

const argumentWarning =
  'Arguments are seen by everybody on this machine and kept by the shell: rather lead the token in, as by a pipe.\n'

/**
 * Takes the token of an argument, of stdin where the argument is `-`, or of a pipe where there is no argument; null where
 * there is neither. What stands before a token in a header is left out. Throws a UsageError.
 */
export async function readToken(argument: string | undefined, surroundings: CliContext): Promise<string | null> {
  const { stdin, stderr } = surroundings
  if (argument !== undefined && argument !== '-') {
    stderr.write(argumentWarning)
    return bare(argument) ?? missing('The argument holds no token.')
  }
  if (argument === '-') {
    if (stdin.isTerminal) stderr.write('Paste the token, then press Enter and Ctrl-D.\n')
    return bare(await readAll(stdin)) ?? missing('Nothing came on stdin.')
  }
  return stdin.isPiped ? readPipe(surroundings) : null
}

function missing(what: string): never {
  throw new UsageError(`${what} Give a token as an argument, or - and the token on stdin.`)
}

/** A pipe that nobody named may be one that nobody writes to. */
async function readPipe(surroundings: CliContext): Promise<string | null> {
  const { stdin, after } = surroundings
  let cancel = (): void => undefined
  const silence = new Promise<never>((_resolve, reject) => {
    cancel = after(patienceMilliseconds, () => {
      stdin.stop()
      const seconds = patienceMilliseconds / 1000
      reject(
        new UsageError(`Stdin is a pipe, and nothing came for ${seconds} seconds: lead a token in, or </dev/null.`),
      )
    })
  })
  try {
    const reading = Promise.race([readAll(stdin), silence])
    return bare(await withProgress(() => 'Waiting for a token on stdin', reading, surroundings))
  } finally {
    cancel()
  }
}

async function readAll(stdin: Input): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of stdin.chunks()) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > longestToken) throw new UsageError(`No server reads a token of more than ${longestToken} bytes.`)
  }
  return text + decoder.decode()
}

/** The token alone, as it may have been copied with its header. */
function bare(text: string): string | null {
  const token = text
    .trim()
    .replace(/^authorization:\s*/i, '')
    .replace(/^bearer\s+/i, '')
  return token === '' ? null : token
}
