import type { Mutant } from './mutants.ts'

/** Why no test notices a change. */
interface Excuse {
  readonly file: string
  /** The line on which the code begins, or a part of it. */
  readonly context: string
  /** The start of the code that is changed, or all of it. */
  readonly code: string
  /** The replacement; null matches any. */
  readonly becomes: string | null
  readonly why: string
}

type Row = readonly [context: string, code: string, becomes: string | null, why: string]

const shortcut = 'An optimisation: the result is the same without it.'
const forTheCompiler = 'The compiler requires it: the excluded value cannot occur here, or is rejected anyway.'
const searchRestarts = 'If a dot is missing, the next search starts at the beginning and finds an earlier dot.'
const sinceTheEpoch = 'null compares as 0, and no clock is before 1970.'

const byFile: Readonly<Record<string, readonly Row[]>> = {
  'principal/roles.ts': [
    ['return distinct(granted', 'granted === none', 'false', shortcut],
    ['tests[0] ??', '[]', null, 'The next line rejects a rule without a test, so the default is never used.'],
  ],
  'principal/scopes.ts': [['return distinct(scope)', 'scp === undefined && permissions', 'false', shortcut]],
  'access/decide.ts': [
    ['part.scopes ??', '[]', null, 'If anything but scopes is unmet, the response names no scopes.'],
  ],
  'verify/signature.ts': [
    ['return isValid', 'isValid === true', 'false', shortcut],
    ['if (check === undefined)', 'check === undefined', 'false', forTheCompiler],
    ['if (check === undefined)', 'false', 'true', forTheCompiler],
    ['return others.length', 'others.length === 0', 'false', shortcut],
  ],
  'verify/claims.ts': [
    ["if (typeof aud === 'string')", "typeof aud === 'string'", 'false', shortcut],
    ["if (typeof aud === 'string')", "'string'", '""', shortcut],
    [
      'isPresent ? [aud] : []',
      '[]',
      null,
      'A missing aud is rejected, and so is a value that is not an accepted audience.',
    ],
    ['values.every((client)', "typeof client === 'string'", 'true', forTheCompiler],
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
      'screen() has rejected it before.',
    ],
    ['nbf is in the future', 'nbf !== null', 'true', sinceTheEpoch],
    ['from: Math.max', 'nbf === null', 'false', sinceTheEpoch],
    ['exp or iat is missing', 'exp === null', 'false', forTheCompiler],
  ],
  'request/credentials.ts': [
    ['if (value.startsWith(usualPrefix)', 'value.startsWith(usualPrefix)', null, shortcut],
    ['scheme.exec(value)', 'scheme.exec(value)?.[0]', null, forTheCompiler],
    ['scheme.exec(value)', "''", null, forTheCompiler],
    ['const scheme =', '/^', null, 'The pattern can match an empty string, so it always matches at the start.'],
  ],
  'request/cross-site.ts': [['origins.has(origin)', 'origin !== null', 'true', forTheCompiler]],
  'request/headers.ts': [
    ['at < rawHeaders.length', 'at < rawHeaders.length', 'at <= rawHeaders.length', 'There is no name after the end.'],
    ['candidate?.length', 'candidate?.length === name.length', 'true', shortcut],
    ['candidate?.length', 'candidate?.length', 'candidate.length', forTheCompiler],
  ],
  'encryption/decrypter.ts': [
    ['if (first === -1', 'first === -1', null, shortcut],
    ['if (first === -1', 'second === -1', null, shortcut],
    ['if (first === -1', '-1', null, shortcut],
    ['if (third === -1', 'third === -1', null, searchRestarts],
    ['if (third === -1', 'fourth === -1', null, searchRestarts],
    ['if (third === -1', '-1', null, searchRestarts],
    ["stringOf(header, 'cty')", "''", null, forTheCompiler],
    ['const [, bytes] =', '[]', null, forTheCompiler],
    ['if (!isJsonObject(epk)', '!isJsonObject(epk) || typeof crv', null, forTheCompiler],
    ['if (!isJsonObject(epk)', "typeof crv !== 'string'", 'false', forTheCompiler],
    ['expected.every(', 'expected.every(', null, 'The checks before it prove that each member is present.'],
  ],
  'lib/json.ts': [
    ['if (memberCount === null)', 'memberCount === null', 'false', shortcut],
    ['at < text.length', 'at < text.length', 'at <= text.length', 'There is no character after the end.'],
    ['return depth === 0', 'depth === 0', 'true', shortcut],
    ['(end - before) % 2', 'end - before', 'end + before', 'The sum is odd exactly when the difference is.'],
    ['charCodeAt(0) !== openBrace', 'text.charCodeAt(0) !== openBrace', null, shortcut],
    ['charCodeAt(0) !== openBrace', '/^', '/[ \\t\\r\\n]*\\{/', shortcut],
    ['} catch {', '{ // The error', '{}', 'A function that ends without a return statement also returns undefined.'],
  ],
  'token-cache.ts': [
    ['this.#tokens.delete(index)', 'this.#tokens.delete(index)', ';', 'It only frees memory before the cache is full.'],
    ['} catch {', '{ return false }', '{}', 'undefined is not true either.'],
  ],
  'config/env.ts': [
    ['error instanceof ConfigError', '!(error instanceof ConfigError)', 'false', forTheCompiler],
    [
      'error.option.replace',
      '/\\[\\d+\\]$/',
      '/\\[\\d+\\]/',
      'The name of an option with a string value has an index only at its end.',
    ],
  ],
  'config/key-options.ts': [
    ['jwksUrl: null, allowHttp: []', '[]', null, 'No host has such a name.'],
    ['allowHttp: allowHttp ?? []', '[]', null, 'No host has such a name.'],
    [
      'if (listed === null ||',
      'listed.every((algorithm) => isHmac(algorithm) === isSecret)',
      'listed.some(algorithm => isHmac(algorithm) === isSecret)',
      'A mixed list was rejected before.',
    ],
  ],
  'config/token-location.ts': [
    ['isAllowedUrl(url, [])', '[]', null, 'No host has such a name.'],
    ['return typeof location ===', "typeof location === 'object'", 'true', forTheCompiler],
  ],
  'lib/options.ts': [["return hasOwn(row, 'read')", '[]', null, forTheCompiler]],
  'audit.ts': [
    ['.replace(/:', '/:\\d+$/', '/:\\d+/', 'A host has one port, at its end.'],
    ['[...algorithms].filter', '[...algorithms].filter(isHmac)', null, 'With a secret, every algorithm is an HMAC.'],
  ],
  'failure/errors.ts': [
    ['if (#style in error)', '#style in error', 'true', 'Only errors of this copy of the package get a style.'],
    ['authErrorBrand, {', '{ value: true }', '{}', 'Only the presence of the brand is checked.'],
    ['authErrorBrand, {', 'true', 'false', 'Only the presence of the brand is checked.'],
    ['this.expose =', 'this.status < 500', 'this.status <= 500', 'No error code has the status 500.'],
  ],
}

export const excuses: readonly Excuse[] = Object.entries(byFile).flatMap(([file, rows]) =>
  rows.map(([context, code, becomes, why]) => ({ file, context, code, becomes, why })),
)

/** Finds the reason why a mutant survives. */
export function findExcuse(mutant: Mutant): Excuse | undefined {
  return excuses.find((excuse) => fits(excuse, mutant))
}

/** Returns the reasons that no survivor needs any more, so that they can be removed. */
export function unusedExcuses(survivors: readonly Mutant[]): readonly Excuse[] {
  return excuses.filter((excuse) => !survivors.some((mutant) => fits(excuse, mutant)))
}

function fits({ file, context, code, becomes }: Excuse, mutant: Mutant): boolean {
  const isThere = mutant.file === file && mutant.context.includes(context) && mutant.code.startsWith(code)
  return isThere && (becomes ?? mutant.becomes) === mutant.becomes
}
