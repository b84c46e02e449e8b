// What a token looks like, and how hard it is to guess.

import { expect, test } from 'vitest'
import { makeToken, tokenDigest } from './tokens.ts'

test('a token is its prefix and 43 letters and digits, so that it survives any shell and is found by a scanner', () => {
  expect(makeToken('api')).toMatch(/^ptr_[A-Za-z0-9]{43}$/)
  expect(makeToken('ingest')).toMatch(/^pti_[A-Za-z0-9]{43}$/)
  expect(new Set(Array.from({ length: 1_000 }, () => makeToken('api'))).size).toBe(1_000)
})

test('every character is as likely as any other: bytes that would favour some are thrown away', () => {
  const firstCharOf = (byte: number) => makeToken('api', () => Uint8Array.of(byte, 0)).charAt(4)
  const counts = Map.groupBy(
    Array.from({ length: 248 }, (_, byte) => firstCharOf(byte)),
    (char) => char,
  )
  expect([...counts.values()].map((bytes) => bytes.length)).toEqual(Array.from({ length: 62 }, () => 4))
  expect([248, 255].map(firstCharOf)).toEqual([firstCharOf(0), firstCharOf(0)])
})

test('the digest is SHA-256 of the whole text', () => {
  // printf 'ptr_a' | sha256sum
  expect(tokenDigest('ptr_a').toString('hex')).toBe('5e505680a770dd6394e9e2a48075bec5fd2794cfedae168ecc4a941a0b45092a')
})
