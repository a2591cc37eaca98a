import { jwkSet, secret } from './callers.ts'

const plain = {
  JWT_ISSUER: 'https://login.example',
  JWT_AUDIENCE: 'https://api.example',
  JWT_SECRET: secret,
  PORT: '0',
}

/** Nothing of this process's own, but for what a process cannot do without. */
const inherited = Object.fromEntries(['PATH', 'SystemRoot'].map((name) => [name, process.env[name]]))

/** The environment of a block: what the pages say to set, changed as its comment says. */
export function readEnvironment(comment: string | null): NodeJS.ProcessEnv {
  const own = (comment ?? '').split(/\s+/).filter((entry) => entry !== '')
  const changes = own.map((entry) => {
    const [, name, value] = /^([A-Z_]+)=(.*)$/.exec(entry) ?? []
    if (name === undefined) throw new SyntaxError(`No variable: ${entry}`)
    return [name, value === '' ? undefined : value] as const
  })
  return { ...inherited, ...plain, ...Object.fromEntries(changes), DOCUMENTATION_JWK_SET: jwkSet }
}
