import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatMicroTime, isUsableTime, parseMicroTime } from './time.ts'

describe('parseMicroTime', () => {
  test('keeps all six digits of a MicroTime', () => {
    expect(parseMicroTime('2026-11-20T14:03:22.418211Z')).toBe(1_795_183_402_418_211)
    expect(parseMicroTime('1970-01-01T00:00:00.000001Z')).toBe(1)
    expect(parseMicroTime('1969-12-31T23:59:59.999999Z')).toBe(-1)
  })

  test('reads any number of fraction digits up to nine, and drops what is below a microsecond', () => {
    expect(parseMicroTime('2026-11-20T14:03:22Z')).toBe(1_795_183_402_000_000)
    expect(parseMicroTime('2026-11-20T14:03:22.4Z')).toBe(1_795_183_402_400_000)
    expect(parseMicroTime('2026-11-20T14:03:22.000000999Z')).toBe(1_795_183_402_000_000)
    expect(parseMicroTime('2026-11-20T14:03:22.999999999Z')).toBe(1_795_183_402_999_999)
    expect(parseMicroTime('2026-11-20T14:03:22.4182111234Z')).toBeNull()
  })

  test('reads offsets', () => {
    expect(parseMicroTime('2026-11-20T15:03:22.418211+01:00')).toBe(1_795_183_402_418_211)
    expect(parseMicroTime('2026-11-20T08:33:22.418211-05:30')).toBe(1_795_183_402_418_211)
    expect(parseMicroTime('2026-11-20T14:03:22+00:00')).toBe(1_795_183_402_000_000)
  })

  test('knows which years are leap years', () => {
    expect(parseMicroTime('2024-02-29T00:00:00Z')).toBe(Date.UTC(2024, 1, 29) * 1000)
    expect(parseMicroTime('2000-02-29T00:00:00Z')).toBe(Date.UTC(2000, 1, 29) * 1000)
    expect(parseMicroTime('2023-02-29T00:00:00Z')).toBeNull()
    expect(parseMicroTime('1900-02-29T00:00:00Z')).toBeNull()
  })

  test.each([
    '',
    'null',
    '2026-11-20',
    '2026-11-20T14:03:22',
    '2026-11-20 14:03:22Z',
    '2026-11-20T14:03:22.Z',
    '2026-11-20T14:03:22.418211',
    '2026-11-20T14:03:22.418211Zx',
    '2026-11-20T14:03:22.418211z',
    '2026-13-20T14:03:22Z',
    '2026-00-20T14:03:22Z',
    '2026-04-31T14:03:22Z',
    '2026-11-00T14:03:22Z',
    '2026-11-20T24:03:22Z',
    '2026-11-20T14:60:22Z',
    '2026-11-20T14:03:60Z',
    '2026-11-20T14:03:22+0100',
    '2026-11-20T14:03:22+24:00',
    '2026-11-20T14:03:22+01:60',
    '-026-11-20T14:03:22Z',
    '２026-11-20T14:03:22Z',
  ])('%j is not a time', (text) => {
    expect(parseMicroTime(text)).toBeNull()
  })

  test('refuses a real time that a number cannot hold to the microsecond', () => {
    expect(parseMicroTime('0001-01-01T00:00:00Z')).toBeNull()
    expect(parseMicroTime('9999-12-31T23:59:59.999999Z')).toBeNull()
  })

  test('undoes formatMicroTime for every safe integer', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (us) => {
        const text = formatMicroTime(us)
        expect(text).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
        expect(parseMicroTime(text)).toBe(us)
      }),
    )
  })

  test('agrees with Date to the millisecond', () => {
    const range = { min: new Date('1700-01-01T00:00:00Z'), max: new Date('2250-01-01T00:00:00Z'), noInvalidDate: true }
    fc.assert(
      fc.property(fc.date(range), (date) => {
        expect(parseMicroTime(date.toISOString())).toBe(date.getTime() * 1000)
      }),
    )
  })

  test('gives an integer or null for anything that looks like a time', () => {
    const part = fc.constantFrom(...'0123456789-+:.TZz '.split(''))
    fc.assert(
      fc.property(fc.string({ unit: part, maxLength: 40 }), fc.nat(27), (text, at) => {
        const time = '2026-11-20T14:03:22.418211Z'
        for (const odd of [text, time.slice(0, at) + text, time.slice(0, at) + text + time.slice(at)]) {
          const us = parseMicroTime(odd)
          expect(us === null || Number.isSafeInteger(us)).toBe(true)
        }
      }),
    )
  })
})

function at(text: string): boolean {
  return isUsableTime(parseMicroTime(text) ?? Number.NaN)
}

test('a time is usable from 2014 on and before 2100', () => {
  expect(at('2013-12-31T23:59:59.999999Z')).toBe(false)
  expect(at('2014-01-01T00:00:00Z')).toBe(true)
  expect(at('2099-12-31T23:59:59.999999Z')).toBe(true)
  expect(at('2100-01-01T00:00:00Z')).toBe(false)
  expect(isUsableTime(Number.NaN)).toBe(false)
})
