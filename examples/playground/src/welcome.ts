import type { Playground } from './playground.ts'
import type { StyleText } from './style.ts'

/** Formats the URLs of the playground, and commands to copy. */
export function welcome(playground: Pick<Playground, 'loginUrl' | 'storage' | 'apis'>, style: StyleText): string {
  const { loginUrl, storage, apis } = playground
  const urls = [{ name: 'login', url: loginUrl }, ...apis].map(({ name, url }) => {
    return `  ${name.padEnd(10)}${style('cyan', url)}`
  })
  const commands = listCommands(
    loginUrl,
    apis.map(({ url }) => url),
  ).flatMap(([comment, command]) => ['', style('dim', `  # ${comment}`), `  ${command}`])
  return [
    '',
    `  ${style('bold', 'claimcheck playground')}: one login, and one API on three frameworks`,
    '',
    ...urls,
    '',
    style('dim', `  Sessions and revocations are stored ${storage}.`),
    '',
    `  ${style('bold', 'Open it')} in a browser: ${style('cyan', loginUrl)}`,
    style('dim', '  It calls GET /admin as john. Change the token, or try an attack, and see why it fails.'),
    '',
    `  ${style('bold', 'Or use curl')}, with any of the three APIs:`,
    ...commands,
    '',
  ].join('\n')
}

function listCommands(
  loginUrl: string,
  [express = '', fastify = '', koa = '']: readonly string[],
): readonly [string, string][] {
  const bearer = '-H "Authorization: Bearer $TOKEN"'
  return [
    ['public', `curl -i ${express}/public`],
    ['requires a token', `curl -i ${express}/me`],
    ['log in: john is an admin, jane reads reports', `LOGIN=$(curl -s ${loginUrl}/login -d '{"user":"john"}')`],
    [
      'the access token lives for five minutes; the refresh token can be used once',
      `TOKEN=$(echo $LOGIN | cut -d'"' -f4) REFRESH=$(echo $LOGIN | cut -d'"' -f10)`,
    ],
    ['call it with the token', `curl -i ${express}/me ${bearer}`],
    ['requires the role admin', `curl -i ${fastify}/admin ${bearer}`],
    ['requires the scope reports:read', `curl -i ${koa}/reports ${bearer}`],
    ['refresh: get the next two tokens', `curl -s ${loginUrl}/refresh -d "{\\"refreshToken\\":\\"$REFRESH\\"}"`],
    ['list the sessions of the caller', `curl -s ${loginUrl}/sessions ${bearer}`],
    [
      'log out: all tokens of the session are revoked immediately',
      `curl -i ${loginUrl}/logout -d "{\\"refreshToken\\":\\"$REFRESH\\"}"`,
    ],
    ['the token is rejected now', `curl -i ${express}/me ${bearer}`],
  ]
}
