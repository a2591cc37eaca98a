/** Keys that were made for these tests, because Workers permit no random values at global scope. */

export const signingKey = {
  privateKey: {
    kty: 'EC',
    x: '_qOINtb5MuSiWVTX50-KVqhSGENyBZFPmxN1cFxg0i4',
    y: '3cIOtuMDPUfXIR_jvBSc955k5BSCQkm787hkiV0V9Uk',
    crv: 'P-256',
    d: 'P48V-3A96XDNlrvHWzfxOKyoU_MsBp6ICG2IxV1Y-EE',
    kid: 'fixed',
    alg: 'ES256',
  },
}

export const encryptionKey = {
  kty: 'EC',
  x: '85oRnn6-Mir1n0G3dE0oB6-JjEYghUBKUV_je7M0Po8',
  y: 'tdo3BQO9CcAb28iQLlL-hFyzzBs2W2uD4gkGiVSv888',
  crv: 'P-256',
}

export const privateKey = {
  kty: 'EC',
  x: '85oRnn6-Mir1n0G3dE0oB6-JjEYghUBKUV_je7M0Po8',
  y: 'tdo3BQO9CcAb28iQLlL-hFyzzBs2W2uD4gkGiVSv888',
  crv: 'P-256',
  d: 'Hd4Fcj6MqLRTBwYcIbHz1hDTq97t-AVGhkNc-gOLNUA',
}
