// An exception that begins or ends while a worker writes hits: who applies it waits for who has not read it, or what is written
// then would be hidden by nobody, or for ever.

import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { expect, test } from 'vitest'
import { addCluster } from './clusters.ts'
import { applyExceptions } from './apply-exceptions.ts'
import { storeDeliveries } from './events-for-tests.ts'
import { addException, deleteException, findException } from './exceptions.ts'
import { openTestStore } from './history-for-tests.ts'
import { call, deliveriesOf, judgeAll, laterUs, rulesOf } from './judged-calls-for-tests.ts'
import type { Store } from './open-store.ts'
import { createRuleBook } from './rule-book.ts'
import { putRules } from './rules.ts'
import type { SlowCluster } from './slow-findings-for-tests.ts'

const who = { name: 'tester', id: null }

test('what a worker writes while an exception begins is hidden, though it had not read it', async () => {
  await using own = new AsyncDisposableStack()
  const { store, cluster } = await openPlace(own)
  await duringJudging(store, cluster, async () => {
    await add(store)
    return await apply(store)
  })
  expect(await hitsIn(store)).toEqual([{ counts: false, by: 1 }])
  expect(await findException(store, 1)).toMatchObject({ isPending: false, requests: 1 })
}, 60_000)

test('what a worker writes while an exception ends counts, though it had read it', async () => {
  await using own = new AsyncDisposableStack()
  const { store, cluster } = await openPlace(own)
  await add(store)
  await apply(store)
  await duringJudging(store, cluster, async () => {
    await deleteException(store, who, 1)
    return await apply(store)
  })
  expect(await hitsIn(store)).toEqual([{ counts: true, by: null }])
  const { rows } = await store.pool.query<{ id: string }>(`select id::text as id from finding where events = 1`)
  expect(rows).toHaveLength(1)
}, 60_000)

async function openPlace(own: AsyncDisposableStack): Promise<{ readonly store: Store; readonly cluster: SlowCluster }> {
  const store = await openTestStore(own, await createTestDatabase())
  await putRules(store, { source: 'api', author: 'test', rules: rulesOf({ deletes: `match: 'verb:delete'` }) })
  const { uid } = await addCluster(store, { name: 'east' })
  const cluster = { uid, name: 'east' }
  await storeDeliveries(store, deliveriesOf(cluster, [call({ verb: 'delete', name: 1 })]))
  return { store, cluster }
}

const add = async (store: Store): Promise<unknown> =>
  await addException(store, who, { rule: 'deletes', match: 'name:c1', reason: 'test', owner: null, expiresUs: null })

const apply = async (store: Store): Promise<number> =>
  await applyExceptions(
    store,
    createRuleBook(() => null),
    laterUs,
  )

/**
 * A third connection holds the worker where its hits are written, the exceptions read, and nothing is committed. It lets go
 * when who applies waits too, or has ended: then he has not seen the hits.
 */
async function duringJudging(store: Store, cluster: SlowCluster, change: () => Promise<unknown>): Promise<void> {
  const holder = await store.pool.connect()
  try {
    await holder.query('begin')
    await holder.query('lock table rule_coverage in share mode')
    const judging = judgeAll(store, cluster)
    await untilWaiting(store, `relation = 'rule_coverage'::regclass`)
    let hasEnded = false
    const changing = change().finally(() => (hasEnded = true))
    await untilWaiting(store, `locktype = 'advisory'`, () => hasEnded)
    await holder.query('rollback')
    await Promise.all([judging, changing])
  } finally {
    holder.release(true)
  }
}

const waitMs = 30_000

async function untilWaiting(store: Store, which: string, isOver: () => boolean = () => false): Promise<void> {
  const asked = `select count(*) as waiting from pg_locks l where not l.granted and l.${which}
    and l.database = (select d.oid from pg_database d where d.datname = current_database())`
  await expect
    .poll(async () => isOver() || ((await store.pool.query<{ waiting: number }>(asked)).rows[0]?.waiting ?? 0) > 0, {
      timeout: waitMs,
      interval: 20,
    })
    .toBe(true)
}

async function hitsIn(store: Store): Promise<readonly object[]> {
  const { rows } = await store.pool.query<object>('select counts, hidden_by as by from rule_hit')
  return rows
}
