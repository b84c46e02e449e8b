// What was handed over tells what rows tell, number by number, and no more of it waits than the bound.

import { normalize } from '@plaintrail/event/normalize'
import { corpusOf, corpusVersions } from '@plaintrail/test/corpus'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { expect, test } from 'vitest'
import { addCluster } from './clusters.ts'
import { storeDeliveries } from './events-for-tests.ts'
import { createHandedEvents, type HandedItem } from './handed-events.ts'
import { lanesOf, openTestStore } from './history-for-tests.ts'
import { ruleEvents, type RuleEvent } from './rule-events.ts'

const receivedAtUs = Date.UTC(2026, 10, 27) * 1_000

/** What a client may choose, and what no column has. */
const odd = {
  kind: 'Event',
  apiVersion: 'audit.k8s.io/v1',
  level: 'Metadata',
  auditID: 'Chosen by a client',
  stage: 'ResponseComplete',
  requestURI: '/api/v1/namespaces/a/pods/b?watch=1',
  verb: 'get',
  user: { username: 'bob', groups: ['a', 'b'] },
  impersonatedUser: { username: 'alice', groups: ['system:masters'] },
  sourceIPs: ['192.0.2.1', '192.0.2.2'],
  objectRef: { resource: 'pods', namespace: 'a', name: 'b', uid: 'No UUID', apiVersion: 'v1' },
  responseStatus: { code: 403, reason: 'Forbidden' },
  requestReceivedTimestamp: '2026-11-27T00:00:00.000001Z',
  stageTimestamp: '2026-11-27T00:00:00.000002Z',
}
const path = { ...odd, auditID: 'another', objectRef: undefined, requestURI: '/healthz?verbose=1', user: {} }
const timeless = { ...odd, auditID: 'a third', requestReceivedTimestamp: 'soon', stageTimestamp: null, userAgent: '' }

test('an event handed over tells what its row tells', async () => {
  await using own = new AsyncDisposableStack()
  const store = await openTestStore(own, await createTestDatabase())
  const { uid: cluster } = await addCluster(store, { name: 'lab' })
  const handed = createHandedEvents()
  const lists = corpusVersions().flatMap((version) => corpusOf(version).lists.slice(0, 8))
  const items = [
    [odd, path, timeless, odd].map((item) => JSON.stringify(item)),
    ...lists.map((list) => (JSON.parse(list) as { items: unknown[] }).items.map((item) => JSON.stringify(item))),
  ]
  await storeDeliveries(
    store,
    items.map((own) => ({ cluster, items: own, receivedAtUs })),
    { handed },
  )
  const [laneId = 0] = await lanesOf(store)
  const all = { laneId, after: 0, last: 100_000 }
  const read = await ruleEvents(store, all)
  expect(read.length).toBeGreaterThan(1_000)
  expect(handed.take(all).map(told)).toEqual(read.map(told))
  // Some of them from memory, and what is before and after these by rows.
  handed.release(laneId, read.length / 2)
  expect(handed.take(all).length).toBeLessThan(read.length)
  const some = { laneId, after: 5, last: read.length - 5 }
  expect((await ruleEvents(store, some, { handed })).map(told)).toEqual(read.slice(5, -5).map(told))
}, 120_000)

function told({ seq, id, told: event, receivedUs, record }: RuleEvent): unknown {
  const { time, key, stageTime, segmentId, item, clusterId, uriHash, flags, stage, audit, auditText } = record
  const place = { time, key, stageTime, segmentId, item, clusterId, uriHash, flags, stage, audit, auditText }
  return { seq, id, event, receivedUs, place }
}

test('when it is full nothing more waits, until some is judged or stale', () => {
  let nowMs = 0
  const handed = createHandedEvents(10, () => nowMs)
  const give = (laneId: number, firstSeq: number, count: number): void =>
    handed.give({ segmentId: firstSeq, clusterId: 1, laneId, firstSeq, receivedUs: 0, items: itemsOf(count) })
  const numbersOf = (laneId: number): readonly number[] =>
    handed.take({ laneId, after: 0, last: 100 }).map(({ seq }) => seq)
  give(1, 1, 4)
  give(2, 1, 4)
  give(1, 5, 4)
  expect([numbersOf(1), numbersOf(2)]).toEqual([
    [1, 2, 3, 4],
    [1, 2, 3, 4],
  ])
  handed.release(1, 3)
  give(1, 9, 4)
  expect(numbersOf(1)).toEqual([1, 2, 3, 4])
  handed.release(1, 4)
  give(1, 9, 4)
  expect(numbersOf(1)).toEqual([9, 10, 11, 12])
  expect(handed.take({ laneId: 1, after: 9, last: 11 }).map(({ seq }) => seq)).toEqual([10, 11])
  nowMs = 120_000
  give(3, 1, 9)
  expect([numbersOf(1), numbersOf(2), numbersOf(3).length]).toEqual([[], [], 9])
  handed.clear()
  expect(numbersOf(3)).toEqual([])
})

function itemsOf(count: number): readonly HandedItem[] {
  const event = normalize(odd)
  if (event === null) throw new Error('the test made no event')
  return Array.from({ length: count }, (_, item) => ({ event, item, key: Buffer.alloc(16) }))
}
