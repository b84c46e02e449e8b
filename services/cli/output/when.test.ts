import { expect, test } from 'vitest'
import { clockTime, duration, relativeTime } from './when.ts'

const now = Date.parse('2026-11-20T14:17:22Z')

test('people read how long ago', () => {
  const times = ['2026-11-20T14:17:20Z', '2026-11-20T14:03:22.418211Z', '2026-11-20T12:00:00Z', '2026-11-17T14:00:00Z']
  expect(times.map((time) => relativeTime(time, now))).toEqual(['2s ago', '14m ago', '2h ago', '3d ago'])
  expect(relativeTime('2026-01-02T00:00:00Z', now)).toBe('2026-01-02')
  expect(relativeTime('2026-11-20T14:20:22Z', now)).toBe('in 3m')
  expect(relativeTime('soon', now)).toBe('soon')
})

test('a clock shows the day only where it is another one', () => {
  const times = ['2026-11-20T14:03:22.418211Z', '2026-11-19T14:03:22Z', '2025-11-20T14:03:22Z']
  expect(times.map((time) => clockTime(time, now))).toEqual(['14:03:22', '11-19 14:03:22', '2025-11-20 14:03:22'])
})

test('a duration has the unit that fits it', () => {
  expect([12, 38_400, 1_240_000, 842_000_000, 7_500_000_000].map(duration)).toEqual([
    '12 µs',
    '38 ms',
    '1.2 s',
    '14m 02s',
    '2h 05m',
  ])
})
