// The revisions that somebody meant are found without a walk over those that nobody did.

import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { expect, test } from 'vitest'
import { migrate } from './migrate.ts'
import { isMeant } from './named-revisions.ts'
import { rowUpTo } from './neighbour-rows.ts'
import { openStore } from './open-store.ts'

/** Of a lease that is renewed every two seconds, half a day. */
const renewals = 20_000

test('the last meant revision of an object that is renewed all the time is one look into an index', async () => {
  await using own = new AsyncDisposableStack()
  const { connection } = own.use(await createTestDatabase())
  await migrate(connection)
  const store = own.use(openStore(connection, { connectionsMax: 2, statementMs: 0, applicationName: 'test' }))
  await store.pool.query(`
    insert into history_object (cluster_id, uid, object_key, api_group, resource, namespace, name)
    values (1, 'u', 1, 'coordination.k8s.io', 'leases', 'kube-node-lease', 'worker-1')`)
  await store.pool.query({
    text: `
      insert into revision (object_id, place, time, key, part, earliest, latest, segment_id, item, flags, changes, has_state,
        is_read, observed, fidelity, significance, link)
      select o.id, n, n, gen_random_uuid(), 0, n, n, 1, 0, 0, 0, true, false, 'state', 'exact',
        case n when 3 then 'changed' else 'renewal' end, '{"adjacency": "assumed", "reasons": [], "unseenMin": 0, "fills": []}'
      from history_object o, generate_series(1, $1::int8) n`,
    values: [renewals],
  })
  await store.pool.query('vacuum analyze revision')
  const objectId = 1
  const asked: { text: string; values: unknown[] }[] = []
  const query = store.pool.query.bind(store.pool) as (...args: unknown[]) => unknown
  Object.assign(store.pool, {
    query: (statement: { text: string; values: unknown[] }) => {
      asked.push(statement)
      return query(statement)
    },
  })
  expect(await rowUpTo(store, { objectId, place: renewals }, isMeant)).toMatchObject({ place: 3 })
  expect(await rowUpTo(store, { objectId, place: 2 }, isMeant)).toBe(null)
  const { text = '', values = [] } = asked[0] ?? {}
  const { rows } = await store.pool.query<{ 'QUERY PLAN': string }>({
    text: `explain (analyze, buffers) ${text}`,
    values,
  })
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
  expect(plan).toContain('revision_meant')
  expect(plan).not.toContain('Rows Removed by Filter')
})
