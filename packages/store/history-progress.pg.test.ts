// historyProgress: what is behind is said, and up to when all is followed.

import { everything, nothing } from '@plaintrail/query/scope'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { expect, test } from 'vitest'
import { addCluster } from './clusters.ts'
import { storeDeliveries } from './events-for-tests.ts'
import { createHistoryFollower } from './history-follower.ts'
import { followAll, lanesOf, openTestStore } from './history-for-tests.ts'
import { historyProgress } from './history-progress.ts'

const nowUs = Date.UTC(2026, 10, 27) * 1_000
const none = { behind: 0, complete: true, untilUs: null }

test('how many events are behind, and since when, lane by lane, for who may see the cluster', async () => {
  await using own = new AsyncDisposableStack()
  const store = await openTestStore(own, await createTestDatabase())
  const { uid } = await addCluster(store, { name: 'east' })
  expect(await historyProgress(store, everything, 'east')).toEqual(none)
  const bodies = [
    { lane: 'main', items: [itemOf(1), itemOf(2)], receivedAtUs: nowUs },
    { lane: 'main', items: [itemOf(3)], receivedAtUs: nowUs + 10 },
    { lane: 'other', items: [itemOf(4)], receivedAtUs: nowUs + 5 },
  ]
  for (const body of bodies) await storeDeliveries(store, [{ cluster: uid, ...body }])
  expect(await historyProgress(store, everything, 'east')).toEqual({ behind: 4, complete: false, untilUs: nowUs })
  const [first = 0] = await lanesOf(store)
  const follower = createHistoryFollower(store)
  await follower.follow(first, { numbersMax: 1, bytesMax: 1_000 })
  expect(await historyProgress(store, everything, uid)).toEqual({ behind: 3, complete: false, untilUs: nowUs })
  await follower.follow(first, { numbersMax: 1, bytesMax: 1_000 })
  expect(await historyProgress(store, everything, uid)).toEqual({ behind: 2, complete: false, untilUs: nowUs + 5 })
  expect(await historyProgress(store, nothing, uid)).toEqual(none)
  await followAll(store)
  expect(await historyProgress(store, everything, 'east')).toEqual(none)
})

function itemOf(n: number): string {
  return JSON.stringify({
    kind: 'Event',
    level: 'Metadata',
    auditID: `8f0c3e1a-0000-4000-8000-00000000000${n}`,
    stage: 'ResponseComplete',
    requestURI: '/healthz',
    verb: 'get',
    user: { username: 'alice' },
    requestReceivedTimestamp: `2026-10-27T00:00:0${n}.000000Z`,
  })
}
