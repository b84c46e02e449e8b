// The revisions that somebody meant are found without a walk over those that nobody did.

import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { expect, test } from 'vitest'
import { readUnplaced } from './chain-rows.ts'
import { migrate } from './migrate.ts'
import { isMeant } from './named-revisions.ts'
import { rowUpTo } from './neighbour-rows.ts'
import { openStore, type Store } from './open-store.ts'
import { significanceLetters } from './revision-letters.ts'

/** Of a lease that is renewed every two seconds, half a day. */
const renewals = 20_000

test('the last meant revision of an object that is renewed all the time is one look into an index', async () => {
  await using own = new AsyncDisposableStack()
  const store = await openRenewed(own, significanceLetters.renewal)
  const asked = listen(store.pool)
  expect(await rowUpTo(store, { objectId: 1, place: renewals }, isMeant)).toMatchObject({ place: 3 })
  expect(await rowUpTo(store, { objectId: 1, place: 2 }, isMeant)).toBe(null)
  const plan = await planOf(store, asked[0])
  expect(plan).toContain('revision_meant')
  expect(plan).not.toContain('Rows Removed by Filter')
})

test('what a link looks at, of thousands of reports and some other writes, is the first of each by an index', async () => {
  await using own = new AsyncDisposableStack()
  const store = await openRenewed(own, significanceLetters.status, 'null')
  await store.pool.query('update revision set latest = latest + 1')
  await store.pool.query('vacuum analyze revision')
  const client = await store.pool.connect()
  try {
    const asked = listen(client)
    const rows = await readUnplaced(client, 1, renewals - 100, renewals)
    expect(rows.map(({ latest }) => latest)).toEqual(Array.from({ length: 16 }, (_, at) => renewals - 100 + at))
    expect((await readUnplaced(client, 1, 2, 10)).some(({ significance }) => significance === 'changed')).toBe(true)
    const plan = await planOf(store, asked[0])
    expect(plan).toContain('revision_loose')
    expect(plan).toContain('revision_report')
    expect(plan).not.toContain('Rows Removed by Filter')
  } finally {
    client.release()
  }
})

interface Statement {
  readonly text: string
  readonly values: unknown[]
}

/** Revisions 1 to 20,000 of one object, all of one significance but the third. */
async function openRenewed(own: AsyncDisposableStack, significance: string, place = 'n'): Promise<Store> {
  const { connection } = own.use(await createTestDatabase())
  await migrate(connection)
  const store = own.use(openStore(connection, { connectionsMax: 2, statementMs: 0, applicationName: 'test' }))
  await store.pool.query(`
    insert into history_object (cluster_id, uid, object_key, api_group, resource, namespace, name)
    values (1, 'u', 1, 'coordination.k8s.io', 'leases', 'kube-node-lease', 'worker-1')`)
  await store.pool.query(`
    insert into revision (object_id, place, time, key, part, latest, segment_id, item, flags, changes, has_state, is_read,
      observed, fidelity, significance, linked)
    select o.id, ${place}, n, gen_random_uuid(), 0, n, 1, 0, 0, 0, true, false, 's', 'e',
      case n when 3 then '${significanceLetters.changed}' else '${significance}' end, 'a'
    from history_object o, generate_series(1, ${renewals}) n`)
  await store.pool.query('vacuum analyze revision')
  return store
}

/** What is asked from now on. */
function listen(queries: object): readonly Statement[] {
  const asked: Statement[] = []
  const { query } = queries as { readonly query: (statement: Statement) => unknown }
  Object.assign(queries, {
    query: (statement: Statement) => {
      asked.push(statement)
      return query.call(queries, statement)
    },
  })
  return asked
}

async function planOf(store: Store, statement: Statement | undefined): Promise<string> {
  const { text = '', values = [] } = statement ?? {}
  const { rows } = await store.pool.query<{ 'QUERY PLAN': string }>({ text: `explain (analyze) ${text}`, values })
  return rows.map((row) => row['QUERY PLAN']).join('\n')
}
