import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeSnapshot, encodeSnapshot, lanesInSnapshotMax } from './snapshot.ts'
import { snapshots } from './snapshot-for-tests.ts'

test('a snapshot is read as it was written', () => {
  fc.assert(
    fc.property(snapshots, (snapshot) => {
      expect(decodeSnapshot(encodeSnapshot(snapshot))).toEqual(snapshot)
    }),
  )
})

test('one of no lane and one of too many are told apart', () => {
  const [none, tooMany] = [
    { takenUs: 1, lanes: new Map<number, number>() },
    { takenUs: 1, lanes: null },
  ]
  expect(encodeSnapshot(none)).not.toBe(encodeSnapshot(tooMany))
})

test('a busy lane takes less than seven bytes', () => {
  const lanes = new Map(Array.from({ length: lanesInSnapshotMax }, (_, lane) => [lane + 1, 10_000_000_000]))
  expect(encodeSnapshot({ takenUs: 1_763_000_000_000_000, lanes }).length).toBeLessThan(
    (lanesInSnapshotMax * 7 * 4) / 3,
  )
})

test('what is no snapshot is refused, whatever it is', () => {
  for (const text of ['', 'A', 'AA', 'AQID', '_____________w', 'AQECAg', 'AQMBAQAB'])
    expect(decodeSnapshot(text), text).toBeNull()
  fc.assert(
    fc.property(fc.string(), (text) => {
      decodeSnapshot(text)
    }),
  )
})
