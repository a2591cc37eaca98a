import type { Mutant } from './mutants.ts'

/** Why no test notices a change. */
interface Excuse {
  readonly file: string
  /** The line on which the code begins, or a part of it. */
  readonly context: string
  /** The code that is changed, or how it begins. */
  readonly code: string
  /** What it becomes; null: whatever it becomes. */
  readonly becomes: string | null
  readonly why: string
}

type Row = readonly [context: string, code: string, becomes: string | null, why: string]

const shortcut = 'It only saves work: the longer way gives the same.'
const forTheCompiler = 'The compiler asks for it: what it keeps out does not get here, or is refused here all the same.'
const beginsAnew = 'Where a dot is missing, the search for one more begins at the front, and finds one.'
const sinceTheEpoch = 'null counts as 0, and no clock is before 1970.'

const byFile: Readonly<Record<string, readonly Row[]>> = {
  'principal/roles.ts': [['return distinct(given', 'given === none', 'false', shortcut]],
  'principal/scopes.ts': [['return distinct(scope)', 'scp === undefined && permissions', 'false', shortcut]],
  'principal/claim-rule.ts': [
    [
      'tests[0] ??',
      '[]',
      null,
      'A rule without a test is refused on the next line, whatever the test that it has not would be.',
    ],
  ],
  'access/decide.ts': [['part.scopes ??', '[]', null, 'Where more than scopes is unmet, no scopes are told.']],
  'verify/signature.ts': [
    ['return holds', 'holds === true', 'false', shortcut],
    ['if (check === undefined)', 'check === undefined', 'false', forTheCompiler],
    ['if (check === undefined)', 'false', 'true', forTheCompiler],
    ['return others.length', 'others.length === 0', 'false', shortcut],
  ],
  'verify/claims.ts': [
    ["if (typeof aud === 'string')", "typeof aud === 'string'", 'false', shortcut],
    ["if (typeof aud === 'string')", "'string'", '""', shortcut],
    ['isThere ? [aud] : []', '[]', null, 'Of an aud that is not there, one that is no audience is refused alike.'],
    ['named.every(', "typeof client === 'string'", 'true', forTheCompiler],
  ],
  'verify/screen.ts': [
    ['issuers.get(iss)', "typeof iss === 'string'", 'true', forTheCompiler],
    ['issuer.algorithms.has(', 'algorithm === undefined', 'false', forTheCompiler],
  ],
  'verify/times.ts': [
    [
      'if (exp instanceof AuthFailure) return exp',
      'exp instanceof AuthFailure',
      'false',
      'The screening has refused it before.',
    ],
    ['nbf is in the future', 'nbf !== null', 'true', sinceTheEpoch],
    ['from: Math.max', 'nbf === null', 'false', sinceTheEpoch],
    ['needs exp and iat', 'exp === null', 'false', forTheCompiler],
  ],
  'request/credentials.ts': [
    ['if (value.startsWith(usualStart)', 'value.startsWith(usualStart)', null, shortcut],
    ['scheme.exec(value)', 'scheme.exec(value)?.[0]', null, forTheCompiler],
    ['scheme.exec(value)', "''", null, forTheCompiler],
    ['const scheme =', '/^', null, 'A pattern that may match nothing matches at the start, or not further on.'],
  ],
  'request/cross-site.ts': [['origins.has(origin)', 'origin !== null', 'true', forTheCompiler]],
  'request/headers.ts': [
    ['at < rawHeaders.length', 'at < rawHeaders.length', 'at <= rawHeaders.length', 'Behind the end is no name.'],
    ['candidate?.length', 'candidate?.length === name.length', 'true', shortcut],
    ['candidate?.length', 'candidate?.length', 'candidate.length', forTheCompiler],
  ],
  'encryption/parse-jwe.ts': [
    ['if (first === -1', 'first === -1', null, shortcut],
    ['if (first === -1', 'second === -1', null, shortcut],
    ['if (first === -1', '-1', null, shortcut],
    ['if (third === -1', 'third === -1', null, beginsAnew],
    ['if (third === -1', 'fourth === -1', null, beginsAnew],
    ['if (third === -1', '-1', null, beginsAnew],
    ["textOf(header, 'cty')", "''", null, forTheCompiler],
    ['const [, bytes] =', '[]', null, forTheCompiler],
    ['if (!isJsonObject(epk)', '!isJsonObject(epk) || typeof crv', null, forTheCompiler],
    ['if (!isJsonObject(epk)', "typeof crv !== 'string'", 'false', forTheCompiler],
    [
      'wanted.every(',
      'wanted.every(',
      null,
      'Whose sizes are right is there, and nothing else is where the number is.',
    ],
  ],
  'lib/json.ts': [
    ['if (written === null)', 'written === null', 'false', shortcut],
    ['at < text.length', 'at < text.length', 'at <= text.length', 'Behind the end is no character.'],
    ['return depth === 0', 'depth === 0', 'true', shortcut],
    ['(end - before) % 2', 'end - before', 'end + before', 'A sum is odd where the difference is.'],
    ['charCodeAt(0) !== openBrace', 'text.charCodeAt(0) !== openBrace', null, shortcut],
    ['charCodeAt(0) !== openBrace', '/^', '/[ \\t\\r\\n]*\\{/', shortcut],
    ['} catch {', '{ // The parser', '{}', 'What ends without an answer gives undefined as well.'],
  ],
  'token-cache.ts': [
    ['this.#tokens.delete(index)', 'this.#tokens.delete(index)', ';', 'It only makes room before the cache is full.'],
    ['} catch {', '{ return false }', '{}', 'What ends without an answer is not true either.'],
  ],
  'config/env.ts': [
    ['wanted.get(variable) ??', "'a name'", null, forTheCompiler],
    ['error instanceof ConfigError', '!(error instanceof ConfigError)', 'false', forTheCompiler],
    ['error.option.replace', '/\\[\\d+\\]$/', '/\\[\\d+\\]/', 'No field of a text has an index but at its end.'],
  ],
  'config/auth-options.ts': [['otherNames[name] ??', "''", null, forTheCompiler]],
  'config/key-options.ts': [
    ['if (listed.some(isHmac))', 'listed.some(isHmac)', 'listed.every(isHmac)', 'A mixed list was refused before.'],
    ['if (listed?.some(isHmac) === true) {', 'listed?.some(isHmac)', null, 'A mixed list was refused before.'],
  ],
  'config/token-location.ts': [
    ['origins: new Set', '[]', null, 'An origin that no browser writes lets nobody in.'],
    ['isAllowedUrl(url, [])', '[]', null, 'No host has such a name.'],
  ],
  'config/audit.ts': [
    ['.replace(/:', '/:\\d+$/', '/:\\d+/', 'A host has one port, at its end.'],
    [
      '[...algorithms].filter',
      '[...algorithms].filter(isHmac)',
      null,
      'Beside a secret stand algorithms of HMAC alone.',
    ],
  ],
  'failure/errors.ts': [
    ['if (#style in error)', '#style in error', 'true', 'Only errors of this copy of the package are given a style.'],
    ['authErrorBrand, {', '{ value: true }', '{}', 'The brand counts by being there.'],
    ['authErrorBrand, {', 'true', 'false', 'The brand counts by being there.'],
    ['this.expose =', 'this.status < 500', 'this.status <= 500', 'No refusal is a 500.'],
  ],
}

export const excuses: readonly Excuse[] = Object.entries(byFile).flatMap(([file, rows]) =>
  rows.map(([context, code, becomes, why]) => ({ file, context, code, becomes, why })),
)

/** The reason why a mutant may survive. */
export function findExcuse(mutant: Mutant): Excuse | undefined {
  return excuses.find((excuse) => fits(excuse, mutant))
}

/** Reasons for what does not survive any more: they may go. */
export function unusedExcuses(survivors: readonly Mutant[]): readonly Excuse[] {
  return excuses.filter((excuse) => !survivors.some((mutant) => fits(excuse, mutant)))
}

function fits({ file, context, code, becomes }: Excuse, mutant: Mutant): boolean {
  const isThere = mutant.file === file && mutant.context.includes(context) && mutant.code.startsWith(code)
  return isThere && (becomes ?? mutant.becomes) === mutant.becomes
}
