// Names for who types a query: as they begin, bounded, and none that the scope does not cover.

import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import type { TextKey } from '@plaintrail/query/qualifiers'
import { everything, nothing, type Scope } from '@plaintrail/query/scope'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addCluster } from './clusters.ts'
import { completeValues } from './complete-values.ts'
import { storeDeliveries } from './events-for-tests.ts'
import { migrate } from './migrate.ts'
import { openStore, type Store } from './open-store.ts'

const resources = new AsyncDisposableStack()
let store: Store

const item = (username: string, namespace: string): string =>
  JSON.stringify({
    level: 'Metadata',
    auditID: `${username}/${namespace}`,
    stage: 'ResponseComplete',
    requestURI: `/api/v1/namespaces/${namespace}/pods/p/exec`,
    verb: 'create',
    user: { username },
    userAgent: 'kubectl/v1.37.0',
    sourceIPs: ['10.0.0.1'],
    objectRef: { resource: 'pods', namespace, name: 'p', apiVersion: 'v1', subresource: 'exec' },
    responseStatus: { code: 101 },
    requestReceivedTimestamp: '2026-11-20T12:00:00.000000Z',
    stageTimestamp: '2026-11-20T12:00:00.000000Z',
  })

beforeAll(async () => {
  const database = resources.use(await createTestDatabase())
  await migrate(database.connection)
  store = resources.use(
    openStore(database.connection, { connectionsMax: 2, statementMs: 10_000, applicationName: 'test' }),
  )
  const east = await addCluster(store, { name: 'east' })
  const west = await addCluster(store, { name: 'west' })
  const receivedAtUs = Date.parse('2026-11-20T12:00:00Z') * 1_000
  await storeDeliveries(store, [
    { cluster: east.uid, receivedAtUs, items: [item('alice@acme.io', 'shop'), item('100%_\\x', 'shop-eu')] },
    { cluster: west.uid, receivedAtUs, items: [item('alan@acme.io', 'pay')] },
  ])
})

afterAll(() => resources.disposeAsync())

const west: Scope = { kind: 'clusters', clusters: ['west'] }
const named = async (key: TextKey, prefix: string, scope: Scope = everything, limit = 10): Promise<readonly string[]> =>
  await completeValues(store, scope, { key, prefix, limit })

test('paths are those in which a segment begins so, with the names of items where one is typed', async () => {
  await store.pool.query(`
    insert into field_path (digest, path, plain) select md5(p)::uuid, p, l from (values
      ('spec.replicas', 'spec.replicas'), ('spec.template.spec.containers[api].image', 'spec.template.spec.containers[].image'),
      ('spec.template.spec.containers[db].image', 'spec.template.spec.containers[].image'),
      ('metadata.labels["a.io/x"]', 'metadata.labels["a.io/x"]'), ('replicas', 'replicas')) x (p, l);
    insert into changed_field (time, object_id, path_id, cluster_id, part, key, op, is_sure)
    select 0, 1, p.id, c.id, 0, gen_random_uuid(), 'r', true from field_path p, cluster c
    where p.path = 'spec.replicas' and c.name = 'west'`)
  expect(await named('changed', 'repl')).toEqual(['replicas', 'spec.replicas'])
  expect(await named('changed', 'spec.template')).toEqual(['spec.template.spec.containers.image'])
  expect(await named('changed', 'containers[')).toEqual([
    'spec.template.spec.containers[api].image',
    'spec.template.spec.containers[db].image',
  ])
  expect(await named('changed', 'metadata.labels[a')).toEqual(['metadata.labels[a.io/x]'])
  expect(await named('changed', 'x%')).toEqual([])
  expect(await named('changed', '', west)).toEqual(['spec.replicas'])
  expect(await named('changed', 'repl', nothing)).toEqual([])
})

test('names are those that begin so, in order, and no more than were asked for', async () => {
  expect(await named('actor', 'al')).toEqual(['alan@acme.io', 'alice@acme.io'])
  expect(await named('as', 'ali')).toEqual(['alice@acme.io'])
  expect(await named('actor', 'al', everything, 1)).toEqual(['alan@acme.io'])
  expect(await named('ns', 'shop')).toEqual(['shop', 'shop-eu'])
  expect(await named('cluster', 'e')).toEqual(['east'])
  expect(await named('verb', 'c')).toEqual(['create'])
  expect(await named('client', 'kube')).toEqual(['kubectl'])
  expect(await named('sub', '')).toEqual(['exec'])
})

test('a wildcard of LIKE is itself, and what no name can be finds none', async () => {
  expect(await named('actor', '100%_\\')).toEqual(['100%_\\x'])
  expect(await named('actor', '%')).toEqual([])
  expect(await named('actor', '_lice')).toEqual([])
  expect(await named('actor', 'al\0')).toEqual([])
  expect(await named('actor', 'a'.repeat(10_000))).toEqual([])
  for (const key of ['name', 'uid', 'audit', 'reason', 'ip'] as const) expect(await named(key, '')).toEqual([])
})

test('who may see one cluster is told what an event in it has, and nothing else', async () => {
  expect(await named('actor', '', west)).toEqual(['alan@acme.io'])
  expect(await named('ns', '', west)).toEqual(['pay'])
  expect(await named('cluster', '', west)).toEqual(['west'])
  for (const key of ['actor', 'ns', 'cluster', 'verb', 'client', 'sub'] as const)
    expect(await named(key, '', nothing), key).toEqual([])
})
