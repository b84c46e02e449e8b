// The outbox: work that must follow from what a transaction wrote. The row commits with its cause and goes with its effect,
// so the effect happens exactly once, though the queue between them runs a job at least once or forgets it.

import type { PoolClient } from 'pg'
import { textArray, uuidArray } from './binary-arrays.ts'
import type { Store } from './open-store.ts'
import { transaction } from './transaction.ts'

export interface NewOutboxRow {
  /** 16 bytes. */
  readonly id: Uint8Array
  /** Which handler of the jobrunner has the effect. */
  readonly kind: string
  /** What JSON can hold, in which no text has a NUL character or half of a surrogate pair: jsonb takes neither. */
  readonly payload: unknown
}

export interface OutboxRow {
  readonly id: string
  readonly kind: string
  readonly payload: unknown
  /** How often it failed before it was relayed this time. */
  readonly attempts: number
}

/** One of a relay's turn. */
export const relayedMax = 100
/** Of the last error; more would be a stack trace or somebody's data. */
const errorLengthMax = 1_000

/** For a statement that writes more than the outbox: `first` is the number of its first parameter of outboxArrays. */
export function outboxInsert(first: number): string {
  return `insert into outbox (id, kind, payload)
    select o.id, o.kind, o.payload::jsonb
    from unnest($${first}::uuid[], $${first + 1}::text[], $${first + 2}::text[]) as o (id, kind, payload)`
}

/** The three parameters of outboxInsert. */
export function outboxArrays(rows: readonly NewOutboxRow[]): readonly Buffer[] {
  return [
    uuidArray(rows.map(({ id }) => id)),
    textArray(rows.map(({ kind }) => kind)),
    textArray(rows.map(({ payload }) => JSON.stringify(payload))),
  ]
}

/** In the transaction of `client`. */
export async function addOutbox(client: PoolClient, rows: readonly NewOutboxRow[]): Promise<void> {
  await client.query({ name: 'add-outbox', text: outboxInsert(1), values: [...outboxArrays(rows)] })
}

/** Whether there is anything for relayOutbox: one statement, for the many turns in which there is nothing. */
export async function hasOutbox(store: Store, againAfterMs: number): Promise<boolean> {
  const { rows } = await store.pool.query<{ found: boolean }>({
    name: 'has-outbox',
    text: `select exists (select from outbox where ${isDue}) as found`,
    values: [againAfterMs],
  })
  return rows[0]?.found ?? false
}

/** Not relayed yet; or so long ago that the queue may have lost it, which takes an id only once while it has it. */
const isDue = `dead_at is null and (relayed_at is null or relayed_at < now() - $1::int8 * interval '1 millisecond')`

/**
 * Hands what is due to `give`, oldest first, and marks it as relayed when that returns. A crash in between gives it again.
 * Two at once give different rows. Returns how many; relayedMax says that there may be more.
 */
export async function relayOutbox(
  store: Store,
  againAfterMs: number,
  give: (rows: readonly OutboxRow[]) => Promise<void>,
): Promise<number> {
  return await transaction(store, async (client) => {
    const { rows } = await client.query<OutboxRow>({
      name: 'due-outbox',
      text: `select id::text as id, kind, payload, attempts from outbox where ${isDue}
             order by created_at limit ${relayedMax} for update skip locked`,
      values: [againAfterMs],
    })
    if (rows.length === 0) return 0
    await give(rows)
    await client.query({
      name: 'relayed-outbox',
      text: 'update outbox set relayed_at = now() where id = any($1::uuid[])',
      values: [rows.map(({ id }) => id)],
    })
    return rows.length
  })
}

/**
 * The effect of a row, once: when two do it at the same moment, one waits for the other and then finds the row gone.
 * False where it was gone. A crash in here leaves the row and nothing of the effect.
 */
export async function completeJob(
  store: Store,
  id: string,
  effect: (client: PoolClient) => Promise<void>,
): Promise<boolean> {
  return await transaction(store, async (client) => {
    const { rowCount } = await client.query({
      name: 'complete-job',
      text: 'delete from outbox where id = $1::uuid',
      values: [id],
    })
    if (rowCount === 0) return false
    await effect(client)
    return true
  })
}

export interface OutboxDeath {
  readonly reason: string
  /** Since it was relayed. */
  readonly attempts: number
  /** OutboxRow.attempts, as it was relayed: news of an earlier round changes nothing. */
  readonly attemptsBefore: number
}

/** False where the row is gone, dead already, or in another round. */
export async function markDead(store: Store, id: string, death: OutboxDeath): Promise<boolean> {
  const { rowCount } = await store.pool.query(
    `update outbox set dead_at = now(), error = $2, attempts = attempts + $3::int4
     where id = $1::uuid and dead_at is null and attempts = $4::int4`,
    [id, death.reason.replaceAll('\0', '').slice(0, errorLengthMax), death.attempts, death.attemptsBefore],
  )
  return rowCount === 1
}
