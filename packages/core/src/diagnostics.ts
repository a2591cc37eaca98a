/** The messages on the channels `claimcheck:…` of node:diagnostics_channel. */
export type {
  AuthenticateMessage,
  DiagnosticMessages,
  KeysMessage,
  RejectMessage,
  RevokeMessage,
} from './diagnostics/messages.ts'
