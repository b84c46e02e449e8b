// Clusters, who may deliver for them, who may ask, and what is known to be missing.

import { randomUUID } from 'node:crypto'
import { matches, not } from '@plaintrail/query/ast'
import { everything, nothing } from '@plaintrail/query/scope'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addCluster, ClusterExists, findCluster, isClusterName, listClusters } from './clusters.ts'
import { addIngestCredential, listIngestCredentials } from './credentials.ts'
import { storeDeliveries } from './events-for-tests.ts'
import { findGaps, recordGap } from './gaps.ts'
import { migrate } from './migrate.ts'
import { openStore, type Store } from './open-store.ts'
import { signingKey } from './signing-keys.ts'
import { makeToken, tokenDigest } from './tokens.ts'

const resources = new AsyncDisposableStack()
let store: Store

beforeAll(async () => {
  const database = resources.use(await createTestDatabase())
  await migrate(database.connection)
  store = resources.use(openStore(database.connection, { connectionsMax: 4, statementMs: 0, applicationName: 'test' }))
})
afterAll(() => resources.disposeAsync())

const receivedAtUs = Date.UTC(2026, 10, 20) * 1000
const item = (n: number): string =>
  JSON.stringify({
    auditID: randomUUID(),
    stage: 'ResponseComplete',
    verb: 'get',
    requestURI: `/${n}`,
    user: { username: 'a' },
  })

describe('clusters', () => {
  test('a name is taken once, and who takes it again is told', async () => {
    await addCluster(store, { name: 'taken' })
    await expect(addCluster(store, { name: 'taken' })).rejects.toBeInstanceOf(ClusterExists)
  })

  test('a name that isClusterName takes is one that the table takes too', async () => {
    for (const name of ['a', '0', 'prod-eu.1', 'x'.repeat(63)]) {
      expect(isClusterName(name)).toBe(true)
      expect(await addCluster(store, { name })).toMatchObject({ name })
    }
    for (const name of ['', '-a', 'a-', 'A', 'a b', 'a/b', 'ä', 'a\n', 'x'.repeat(64)]) {
      expect(isClusterName(name)).toBe(false)
      await expect(addCluster(store, { name })).rejects.toThrow()
    }
  })

  test('are listed with what was received of them, in the scope only', async () => {
    const cluster = await addCluster(store, { name: 'listed' })
    await addIngestCredential(store, {
      clusterId: cluster.id,
      kind: 'token',
      digest: tokenDigest(makeToken('ingest')),
      laneName: 'main',
    })
    await storeDeliveries(store, [
      { cluster: cluster.uid, items: [item(1), item(2)], receivedAtUs },
      { cluster: cluster.uid, items: [item(3)], receivedAtUs: receivedAtUs + 5 },
    ])
    const scope = { kind: 'clusters', clusters: ['listed'] } as const
    const counts = { events: 3, credentials: 1, lastReceivedUs: receivedAtUs + 5 }
    expect(await listClusters(store, scope)).toEqual([{ ...cluster, ...counts }])
    expect(await listClusters(store, everything)).toContainEqual({ ...cluster, ...counts })
    expect(await listClusters(store, nothing)).toEqual([])
    expect(await findCluster(store, everything, 'listed')).toMatchObject({ uid: cluster.uid })
    expect(await findCluster(store, nothing, 'listed')).toBeNull()
  })
})

describe('credentials', () => {
  test('an ingest credential is listed with its cluster and lane until it is revoked', async () => {
    const cluster = await addCluster(store, { name: 'with-credentials' })
    const digest = tokenDigest(makeToken('ingest'))
    const id = await addIngestCredential(store, {
      clusterId: cluster.id,
      kind: 'token',
      digest,
      laneName: 'apiserver-1',
    })
    const own = {
      id,
      clusterUid: cluster.uid,
      clusterName: cluster.name,
      laneName: 'apiserver-1',
      kind: 'token',
      digest,
    }
    expect(await listIngestCredentials(store)).toContainEqual(own)
    await store.pool.query('update ingest_credential set revoked_at = now() where id = $1', [id])
    expect(await listIngestCredentials(store)).not.toContainEqual(own)
  })

  test('a signing key is made once, whoever asks at the same moment', async () => {
    const keys = await Promise.all(Array.from({ length: 8 }, () => signingKey(store, 'cursor')))
    expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(1)
    expect(keys[0]).toHaveLength(32)
    expect(await signingKey(store, 'other')).not.toEqual(keys[0])
  })
})

describe('gaps', () => {
  const minuteUs = 60_000_000
  const at = receivedAtUs
  const window = { sinceUs: at - 60 * minuteUs, untilUs: at + 60 * minuteUs }

  test('a cause that goes on is one gap that grows, and another cause or a later time is another', async () => {
    const { uid: clusterUid, name } = await addCluster(store, { name: 'gappy' })
    const gap = { clusterUid, cause: 'body_too_large', detail: '70 MiB' }
    await recordGap(store, { ...gap, fromUs: at, toUs: at + 1 })
    await recordGap(store, { ...gap, fromUs: at + minuteUs, toUs: at + minuteUs + 1 })
    await recordGap(store, { ...gap, cause: 'receiver_down', fromUs: at, toUs: at + 5 })
    await recordGap(store, { ...gap, fromUs: at + 3 * minuteUs, toUs: at + 3 * minuteUs })
    const found = await findGaps(store, everything, window, matches('cluster', [[name]]))
    expect(found).toEqual([
      {
        cluster: name,
        from: '2026-11-20T00:03:00.000000Z',
        to: '2026-11-20T00:03:00.000000Z',
        cause: 'body_too_large',
      },
      {
        cluster: name,
        from: '2026-11-20T00:00:00.000000Z',
        to: '2026-11-20T00:01:00.000001Z',
        cause: 'body_too_large',
      },
      { cluster: name, from: '2026-11-20T00:00:00.000000Z', to: '2026-11-20T00:00:00.000005Z', cause: 'receiver_down' },
    ])
    const { rows } = await store.pool.query('select occurrences from gap order by id')
    expect(rows.map(({ occurrences }) => occurrences)).toEqual([2, 1, 1])
  })

  test('are those that touch the window, of the clusters that were asked for and may be seen', async () => {
    const { uid: clusterUid, name } = await addCluster(store, { name: 'gappy-too' })
    await recordGap(store, { clusterUid, cause: 'x', detail: '', fromUs: at, toUs: at + minuteUs })
    const only = matches('cluster', [[name]])
    expect(
      await findGaps(store, everything, { sinceUs: at + minuteUs, untilUs: at + 2 * minuteUs }, only),
    ).toHaveLength(1)
    expect(await findGaps(store, everything, { sinceUs: at + minuteUs + 1, untilUs: at + 2 * minuteUs }, only)).toEqual(
      [],
    )
    expect(await findGaps(store, everything, { sinceUs: at - 5, untilUs: at }, only)).toEqual([])
    expect(await findGaps(store, everything, window, not(matches('cluster', [[name]])))).not.toContainEqual(
      expect.objectContaining({ cluster: name }),
    )
    expect(await findGaps(store, nothing, window, only)).toEqual([])
  })
})
