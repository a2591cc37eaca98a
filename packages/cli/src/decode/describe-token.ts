import { describeClaim } from './describe-claim.ts'
import { describeHeader } from './describe-header.ts'
import type { DecodedToken } from './decode-token.ts'

/** A member of a token, its value, and what that means; null where nobody but the issuer knows. */
export interface DescribedMember {
  readonly name: string
  readonly value: unknown
  readonly meaning: string | null
}

/** A decoded token in words. */
export interface DescribedToken extends Pick<DecodedToken, 'form' | 'signatureBytes'> {
  /** Always: decoding is not verifying. */
  readonly verified: false
  readonly header: readonly DescribedMember[]
  /** null where they are encrypted. */
  readonly claims: readonly DescribedMember[] | null
  /** What is odd about it as a whole. */
  readonly remarks: readonly string[]
}

/** Describes a decoded token as of a time, in seconds since the epoch. */
export function describeToken(token: DecodedToken, nowSeconds: number): DescribedToken {
  const { form, header, claims, signatureBytes } = token
  const members = (object: object, describe: (name: string, value: unknown) => string | null) =>
    Object.entries(object).map(([name, value]) => ({ name, value: value as unknown, meaning: describe(name, value) }))
  return {
    form,
    verified: false,
    header: members(header, (name, value) => describeHeader(name, value, form)),
    claims: claims === null ? null : members(claims, (name, value) => describeClaim(name, value, nowSeconds)),
    signatureBytes,
    remarks: remarksOn(token),
  }
}

function remarksOn({ form, header, claims, signatureBytes }: DecodedToken): readonly string[] {
  const remarks: string[] = []
  if (form === 'JWS' && signatureBytes === 0) remarks.push('It has no signature, and is refused everywhere.')
  if (claims !== null && isIdToken(claims)) {
    remarks.push('It looks like an ID token, which tells a client who logged in: APIs want an access token.')
  }
  if (claims !== null && !Object.hasOwn(claims, 'exp')) {
    remarks.push('It has no exp, and is refused unless maxLifetimeSeconds is null: it would be good for ever.')
  }
  if (form === 'JWS' && !Object.hasOwn(header, 'alg')) remarks.push('It has no alg, and is refused everywhere.')
  return remarks
}

function isIdToken(claims: Readonly<Record<string, unknown>>): boolean {
  const isMarked = ['at_hash', 'c_hash', 'nonce'].some((name) => Object.hasOwn(claims, name))
  return isMarked || claims['typ'] === 'ID' || claims['token_use'] === 'id'
}
