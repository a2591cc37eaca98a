import type { Paint } from './paint.ts'
import type { Playground } from './playground.ts'

type Welcomed = Pick<Playground, 'loginUrl' | 'sessionsAre' | 'apis'>

/** The addresses of the playground, and a line to paste for each step. */
export function welcome({ loginUrl, sessionsAre, apis }: Welcomed, paint: Paint): string {
  const addresses = [{ name: 'login', url: loginUrl }, ...apis].map(({ name, url }) => {
    return `  ${name.padEnd(10)}${paint('cyan', url)}`
  })
  const steps = stepsOf(
    loginUrl,
    apis.map(({ url }) => url),
  ).flatMap(([why, line]) => ['', paint('dim', `  # ${why}`), `  ${line}`])
  return [
    '',
    `  ${paint('bold', 'claimcheck playground')}: one login, and one API on three frameworks`,
    '',
    ...addresses,
    '',
    paint('dim', `  Sessions and revocations are ${sessionsAre}.`),
    '',
    `  ${paint('bold', 'Look at it')} in a browser: ${paint('cyan', loginUrl)}`,
    paint('dim', '  The token in its parts, any call, and each step to its answer.'),
    '',
    `  ${paint('bold', 'Or call it')}, any of the three:`,
    ...steps,
    '',
  ].join('\n')
}

function stepsOf(
  loginUrl: string,
  [express = '', fastify = '', koa = '']: readonly string[],
): readonly [string, string][] {
  const bearer = '-H "Authorization: Bearer $TOKEN"'
  return [
    ['everybody may read this', `curl -i ${express}/public`],
    ['this takes a token', `curl -i ${express}/me`],
    ['log in: john is an admin, jane reads reports', `LOGIN=$(curl -s ${loginUrl}/login -d '{"user":"john"}')`],
    [
      'an access token for five minutes, a refresh token for one use',
      `TOKEN=$(echo $LOGIN | cut -d'"' -f4) REFRESH=$(echo $LOGIN | cut -d'"' -f10)`,
    ],
    ['who am I', `curl -i ${express}/me ${bearer}`],
    ['for the role admin', `curl -i ${fastify}/admin ${bearer}`],
    ['for the scope reports:read', `curl -i ${koa}/reports ${bearer}`],
    ['the next two tokens', `curl -s ${loginUrl}/refresh -d "{\\"refreshToken\\":\\"$REFRESH\\"}"`],
    ['the sessions of the caller', `curl -s ${loginUrl}/sessions ${bearer}`],
    [
      'log out: every token of the session stops at once',
      `curl -i ${loginUrl}/logout -d "{\\"refreshToken\\":\\"$REFRESH\\"}"`,
    ],
    ['who am I now', `curl -i ${express}/me ${bearer}`],
  ]
}
