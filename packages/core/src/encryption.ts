export { createDecrypter } from './encryption/decrypter.ts'
export type { DecrypterOptions } from './encryption/decrypter.ts'
export type { Decrypter } from './encryption/recipient.ts'
export type { DecryptionKey, EncryptionKey, PrivateKey } from './encryption/read-jwe-key.ts'
/** For issuers, so that both sides read keys in the same way. */
export { readJweKey } from './encryption/read-jwe-key.ts'
export { contentEncryption } from './encryption/jwe-key.ts'
export type { JweKey } from './encryption/jwe-key.ts'
