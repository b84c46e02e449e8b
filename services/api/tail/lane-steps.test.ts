import fc from 'fast-check'
import { numbersAReadMax } from '@plaintrail/store/find-arrivals'
import { describe, expect, test } from 'vitest'
import { laneSteps, numbersBetween, onLanes } from './lane-steps.ts'

const positions = fc
  .uniqueArray(fc.tuple(fc.nat({ max: 5 }), fc.nat({ max: 5_000 })), { selector: ([lane]) => lane })
  .map((lanes) => new Map(lanes))

describe('the steps between two positions', () => {
  test('have every number between them once, in order, and no step has more than one read takes', () => {
    fc.assert(
      fc.property(positions, positions, (from, to) => {
        const reached = new Map(from)
        let count = 0
        for (const step of laneSteps(from, to)) {
          const own = step.reduce((sum, { after, last }) => sum + last - after, 0)
          expect(own).toBeGreaterThan(0)
          expect(own).toBeLessThanOrEqual(numbersAReadMax)
          expect(new Set(step.map(({ laneId }) => laneId)).size).toBe(step.length)
          for (const { laneId, after, last } of step) {
            expect(after).toBe(reached.get(laneId) ?? 0)
            reached.set(laneId, last)
          }
          count += own
        }
        expect(count).toBe(numbersBetween(from, to))
        for (const [laneId, end] of to) expect(reached.get(laneId) ?? 0).toBeGreaterThanOrEqual(end)
      }),
    )
  })

  test('of some lanes are of no other', () => {
    expect(onLanes(new Map([[1, 5], [2, 6]]), new Set([2, 3]))).toEqual(new Map([[2, 6]])) // prettier-ignore
  })
})
