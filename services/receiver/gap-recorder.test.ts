// What the receiver refused is on record, also when Postgres was away at that moment.

import { createLogger } from '@plaintrail/runtime/logger'
import { expect, test } from 'vitest'
import { createGapRecorder, type Gap } from './gap-recorder.ts'

const credential = { id: 'one', clusterUid: 'uid', clusterName: 'lab', laneName: 'main', digest: Buffer.alloc(32) }

test('one gap a cause, over all the time in which Postgres could not be told', async () => {
  const saved: Gap[] = []
  const state = { isAway: true, nowUs: 1_000 }
  {
    await using gaps = createGapRecorder({
      logger: createLogger('test', { level: 'silent' }),
      nowUs: () => state.nowUs,
      save: (gap) => (state.isAway ? Promise.reject(new Error('away')) : Promise.resolve(void saved.push(gap))),
    })
    gaps.record(credential, 'body_too_large', 'of 70 MiB')
    gaps.record(credential, 'log_refused', 'over max.message.bytes')
    state.nowUs = 5_000
    gaps.record(credential, 'body_too_large', 'of 80 MiB')
    await new Promise((resolve) => setImmediate(resolve))
    state.isAway = false
  }
  const said = saved.map(({ cause, fromUs, toUs }) => `${cause} ${fromUs} ${toUs}`)
  expect(said.toSorted()).toEqual(['body_too_large 1000 5000', 'log_refused 1000 1000'])
})
