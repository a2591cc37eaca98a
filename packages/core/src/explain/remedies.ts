import type { AuthErrorCode } from '../failure/errors.ts'

/** What a developer does about each refusal. */
export const remedies: Readonly<Record<AuthErrorCode, string>> = Object.freeze({
  token_missing: 'Send the token in the place that is expected, or let requests without one pass by mode: "optional"',
  request_malformed: 'Send one token and nothing around it: Authorization: Bearer <token>, in one line',
  cross_site_request: "Name the page's origin in tokenFrom: { cookie, origins }, or send the token in a header",
  token_malformed:
    'Take the token as the issuer gave it, whole: it must be a signed JWT in compact form, encrypted where `decrypt` says so',
  token_too_large: 'Put less into the token, or raise maxTokenBytes',
  token_type_not_allowed:
    'Send the access token, not an ID or refresh token; or set typ, profile or tokenUse for what the issuer sends',
  algorithm_not_allowed: 'Set algorithms to what the issuer signs with, and check that keys holds keys of that kind',
  issuer_unknown: 'Set issuer to the exact iss of the token, to the last slash, or add it to issuers',
  audience_not_allowed: 'Ask the issuer for a token for this audience, or set audience to what the token names',
  key_not_found: 'Check that keys lead to the key set of this issuer, and that the key was published before it signed',
  signature_invalid:
    'Check that the key is the one that signed: of this issuer, of this environment, and that the token was not changed',
  token_expired:
    'Get a new token, or refresh it; where the time is wrong, set the clock of this machine or of the issuer',
  token_not_active: 'Wait until it is; where the time is wrong, set the clock of this machine or of the issuer',
  claim_invalid: 'Have the issuer write the claim as it is expected, or change the setting that asks for it',
  token_bound: 'Ask for a token that is not bound to a key, or set tokenBinding: null to take it as a plain one',
  token_revoked: 'Log in again: the token, its session or its subject was revoked',
  scope_insufficient: 'Ask the issuer for a token with the scopes',
  access_denied: 'Give the caller what the policy asks for; check the role map if it should have it',
  keys_unavailable: 'See that this machine reaches the key server, and what it answers',
  revocation_unavailable:
    'See that this machine reaches the list of revocations, and that isRevoked gives a boolean in 2 seconds',
})
