// Snapshots of all sizes, for tests.
import * as fc from 'fast-check'
import { lanesInSnapshotMax, type Snapshot } from './snapshot.ts'

const whole = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max })

export const snapshots: fc.Arbitrary<Snapshot> = fc.record({
  takenUs: whole(Number.MAX_SAFE_INTEGER),
  lanes: fc.option(
    fc
      .uniqueArray(fc.tuple(whole(2 ** 31 - 1), whole(Number.MAX_SAFE_INTEGER)), {
        selector: ([id]) => id,
        maxLength: lanesInSnapshotMax,
      })
      .map((lanes) => new Map(lanes)),
  ),
})
