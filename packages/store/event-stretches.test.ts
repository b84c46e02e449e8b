// How a window is cut: every day of it once, in the order of the page, and little of it at first.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { eventStretches } from './event-stretches.ts'
import { dayStartUs } from './segment-id.ts'

const today = 20_780
const year = Array.from({ length: 365 }, (_, index) => today - 364 + index)

test('a page begins with the two days at its end of the window', () => {
  const window = { sinceUs: dayStartUs(today - 300), untilUs: dayStartUs(today) + 5 }
  expect(eventStretches(year, window, 'desc')[0]).toEqual({ fromUs: dayStartUs(today - 1), toUs: window.untilUs })
  expect(eventStretches(year, window, 'asc')[0]).toEqual({ fromUs: window.sinceUs, toUs: dayStartUs(today - 298) })
})

test('days without a partition cost nothing', () => {
  const window = { sinceUs: dayStartUs(today - 4_100), untilUs: dayStartUs(today) }
  expect(eventStretches([], window, 'desc')).toEqual([])
  expect(eventStretches([today - 4_000], window, 'desc')).toHaveLength(1)
})

test('what has no usable time is read where the window reaches below 2014, before or after all else', () => {
  const window = { sinceUs: 0, untilUs: dayStartUs(today) }
  const odd = { fromUs: 0, toUs: Date.UTC(2014, 0) * 1000 }
  expect(eventStretches(year, window, 'desc').at(-1)).toEqual(odd)
  expect(eventStretches(year, window, 'asc')[0]).toEqual(odd)
})

test('the stretches hold every moment of a day in the window once, and follow each other', () => {
  const day = fc.integer({ min: today - 400, max: today + 10 })
  fc.assert(
    fc.property(
      fc.uniqueArray(day),
      day,
      day,
      fc.constantFrom('desc', 'asc'),
      fc.nat(86_399_999_999),
      (days, a, b, order, offset) => {
        const window = { sinceUs: dayStartUs(Math.min(a, b)) + offset, untilUs: dayStartUs(Math.max(a, b)) + 1 }
        const known = days.toSorted((x, y) => x - y)
        const stretches = eventStretches(known, window, order)
        const ascending = order === 'asc' ? stretches : stretches.toReversed()
        for (const [index, { fromUs, toUs }] of ascending.entries()) {
          expect(fromUs).toBeLessThan(toUs)
          expect(fromUs).toBeGreaterThanOrEqual(Math.max(window.sinceUs, ascending[index - 1]?.toUs ?? 0))
          expect(toUs).toBeLessThanOrEqual(window.untilUs)
        }
        for (const one of known) {
          for (const us of [dayStartUs(one), dayStartUs(one) + offset, dayStartUs(one + 1) - 1]) {
            const isIn = us >= window.sinceUs && us < window.untilUs
            expect(stretches.filter(({ fromUs, toUs }) => us >= fromUs && us < toUs)).toHaveLength(isIn ? 1 : 0)
          }
        }
      },
    ),
  )
})
