// What tests of history have in common: a store of their own, following to the end, and all that came of it.

import { attributeBounds, createAttributor } from './attributor.ts'
import { createHistoryFollower, followBounds } from './history-follower.ts'
import { migrate } from './migrate.ts'
import { openStore, type Connection, type Store } from './open-store.ts'
import { revisionColumns } from './revision-row.ts'

/** As createTestDatabase of the room `test` makes it, which only tests know. */
interface TestDatabase extends AsyncDisposable {
  readonly connection: Connection
}

/** Both go with the stack. */
export async function openTestStore(own: AsyncDisposableStack, database: TestDatabase): Promise<Store> {
  own.use(database)
  await migrate(database.connection)
  return own.use(openStore(database.connection, { connectionsMax: 8, statementMs: 0, applicationName: 'test' }))
}

export async function followAll(target: Store): Promise<void> {
  const follower = createHistoryFollower(target)
  for (const lane of await lanesOf(target)) {
    for (let kind = ''; kind !== 'idle';) {
      kind = (await follower.follow(lane, followBounds)).kind
      // Another has it: what it leaves is waited for.
      if (kind === 'busy') await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}

/** All that is stored, however lately. */
export async function attributeAll(target: Store): Promise<void> {
  const attributor = createAttributor(target)
  for (const lane of await lanesOf(target)) {
    for (let kind = ''; kind !== 'idle';) {
      kind = (await attributor.attribute(lane, attributeBounds, Number.MAX_SAFE_INTEGER)).kind
    }
  }
}

export async function lanesOf(from: Store): Promise<readonly number[]> {
  const { rows } = await from.pool.query<{ id: number }>('select id from lane order by id')
  return rows.map(({ id }) => id)
}

export async function forgetHistory(target: Store): Promise<void> {
  await target.pool.query('truncate revision, changed_field, blame_checkpoint, history_object, history_position')
}

/**
 * All that is stored of each, with what stands for ids: these, segments, and which of several events with the same state it
 * is read from, depend on the order.
 */
export async function everyRevision(from: Store): Promise<readonly unknown[]> {
  const { rows } = await from.pool.query<Record<string, unknown>>(
    `select c.name as cluster, o.uid, ${revisionColumns},
       coalesce((select json_agg(json_build_array(p.path, p.plain, f.op, f.is_sure, f.from_text, f.to_text, n.name)
           order by p.path collate "C", f.op)
         from changed_field f join field_path p on p.id = f.path_id left join namespace n on n.id = f.namespace_id
         where f.object_id = r.object_id and f.time = r.time and f.key = r.key and f.part = r.part), '[]') as changed
     from revision r join history_object o on o.id = r.object_id join cluster c on c.id = o.cluster_id
     order by c.name, o.uid collate "C", r.place, r.time, r.key, r.part`,
  )
  return rows.map(
    ({
      objectId: _object,
      segmentId: _segment,
      item: _item,
      stateSegmentId: _s,
      stateItem: _i,
      statePart: _p,
      stateFlags: _f,
      ...row
    }) => row,
  )
}
