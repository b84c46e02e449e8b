import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatDuration, parseDuration } from './duration.ts'
import { QueryError } from './query-error.ts'
import { formatTime, parseStretch } from './stretch.ts'

const us = (text: string): number => Date.parse(text) * 1000
const now = us('2026-11-20T14:00:00Z')

describe('a written time covers', () => {
  test.each([
    ['2026-11-20', '2026-11-20T00:00:00Z', '2026-11-21T00:00:00Z'],
    ['2026-11-20T14:03:22Z', '2026-11-20T14:03:22Z', '2026-11-20T14:03:23Z'],
    ['2026-11-20T16:03:22+02:00', '2026-11-20T14:03:22Z', '2026-11-20T14:03:23Z'],
    ['2026-11-20T14:03:22.5Z', '2026-11-20T14:03:22.5Z', '2026-11-20T14:03:22.6Z'],
    ['2026-11-20/P1D', '2026-11-20', '2026-11-21'],
    ['PT15M/2026-11-20T14:00:00Z', '2026-11-20T13:45:00Z', '2026-11-20T14:00:00Z'],
    ['now-1h', '2026-11-20T13:00:00Z', '2026-11-20T13:00:00Z'],
    ['PT15M', '2026-11-20T13:45:00Z', '2026-11-20T13:45:00Z'],
  ])('%s: from %s up to %s', (text, from, to) => {
    expect(parseStretch(text, now, 'on')).toEqual({ minUs: us(from), maxUs: us(to) - 1 })
  })

  test('one microsecond where six digits or more are written', () => {
    const one = us('2026-11-20T14:03:22Z') + 418_211
    expect(parseStretch('2026-11-20T14:03:22.418211Z', now, 'on')).toEqual({ minUs: one, maxUs: one })
    expect(parseStretch('2026-11-20T14:03:22.4182119Z', now, 'on')).toEqual({ minUs: one, maxUs: one })
  })

  test.each(['', 'yesterday', '2026-13-01', '2200-01-01', '2026-11-20/2026-11-19', 'P1D/P1D', 'a/b/c'])(
    'nothing, and is an error that names what was read: "%s"',
    (text) => {
      expect(() => parseStretch(text, now, 'created')).toThrow(expect.objectContaining({ parameter: 'created' }))
      expect(() => parseStretch(text, now, 'created')).toThrow(QueryError)
    },
  )
})

test('a time is written as short as it is read back', () => {
  expect(
    ['2026-11-20T00:00:00Z', '2026-11-20T14:03:20Z', '2026-11-20T14:03:20.5Z'].map((t) => formatTime(us(t))),
  ).toEqual(['2026-11-20', '2026-11-20T14:03:20Z', '2026-11-20T14:03:20.5Z'])
  fc.assert(
    fc.property(fc.integer({ min: 0, max: us('2199-12-31') }), (timeUs) => {
      expect(parseStretch(formatTime(timeUs), now, 'on').minUs).toBe(timeUs)
    }),
  )
})

test('a duration is written as it is read back', () => {
  expect([90e6, 0, 3_600_500_001].map(formatDuration)).toEqual(['1m30s', '0s', '1h500ms1us'])
  expect(parseDuration('1h30m')?.us).toBe(5400e6)
  expect(['', '5', 'm', '5 m', '1y', 'P'].map(parseDuration)).toEqual([null, null, null, null, null, null])
  fc.assert(
    fc.property(fc.maxSafeNat(), (durationUs) => {
      expect(parseDuration(formatDuration(durationUs))).toEqual({ months: 0, us: durationUs })
    }),
  )
})
