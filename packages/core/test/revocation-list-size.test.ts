import { expect, it } from 'vitest'
import { createRevocations, RevocationListFullError } from '../src/revocation.ts'
import { nowSeconds } from './tokens.ts'

it('a revocation list with few entries is full if their names are long', async () => {
  let time = nowSeconds
  const revocations = createRevocations({ max: 100, now: () => time * 1000 })
  const revoke = async (index: number, length: number) => {
    await revocations.revokeToken({ issuer: null, jti: `${index}`.padEnd(length, 'x'), until: time + 60 })
  }
  for (let index = 0; index < 3; index++) await revoke(index, 8000)
  await expect(revoke(3, 8000)).rejects.toBeInstanceOf(RevocationListFullError)
  await revoke(4, 36)
  time += 120
  for (let index = 5; index < 8; index++) await revoke(index, 8000)
})
