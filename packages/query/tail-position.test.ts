import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lanesInSnapshotMax } from './snapshot.ts'
import { openTailPosition, sealTailPosition, tailPositionLengthMax, type TailPosition } from './tail-position.ts'

const key = new Uint8Array(32).fill(7)

const positions: fc.Arbitrary<TailPosition> = fc.record({
  snapshot: fc.record({
    takenUs: fc.nat({ max: 4_000_000_000_000_000 }),
    lanes: fc
      .uniqueArray(fc.tuple(fc.nat(), fc.nat({ max: Number.MAX_SAFE_INTEGER })), {
        selector: ([id]) => id,
        maxLength: 9,
      })
      .map((lanes) => new Map(lanes)),
  }),
  stored: fc.option(
    fc.record({
      timeUs: fc.nat({ max: 4_000_000_000_000_000 }),
      key: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString('hex')),
    }),
  ),
})

describe('a position of a tail', () => {
  test('is opened as it was sealed', () => {
    fc.assert(
      fc.property(positions, fc.string(), (position, question) => {
        expect(openTailPosition(sealTailPosition(position, key, question), key, question)).toEqual(position)
      }),
    )
  })

  test('is refused where a character of it was changed, for another question, and with another key', () => {
    const position: TailPosition = { snapshot: { takenUs: 5, lanes: new Map([[1, 2]]) }, stored: null }
    const sealed = sealTailPosition(position, key, 'ns:a')
    for (let at = 0; at < sealed.length; at++) {
      const changed = `${sealed.slice(0, at)}${sealed[at] === 'B' ? 'C' : 'B'}${sealed.slice(at + 1)}`
      expect(openTailPosition(changed, key, 'ns:a'), changed).toBeNull()
    }
    expect(openTailPosition(sealed, key, 'ns:b')).toBeNull()
    expect(openTailPosition(sealed, new Uint8Array(32), 'ns:a')).toBeNull()
    expect(openTailPosition('', key, 'ns:a')).toBeNull()
  })

  test('of as many lanes as a snapshot holds is within its bound, and fits into a header', () => {
    const lanes = new Map(Array.from({ length: lanesInSnapshotMax }, (_, n) => [2 ** 28 + n * 2_000, 2 ** 40 + n]))
    const stored = { timeUs: 4_000_000_000_000_000, key: 'f'.repeat(32) }
    const sealed = sealTailPosition({ snapshot: { takenUs: 4_000_000_000_000_000, lanes }, stored }, key, '')
    expect(sealed.length).toBeLessThan(tailPositionLengthMax)
    expect(openTailPosition(sealed, key, '')?.snapshot.lanes).toEqual(lanes)
  })
})
