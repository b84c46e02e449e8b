import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { listDeadJobs, retryJob } from './dead-jobs.ts'
import { migrate } from './migrate.ts'
import { openStore, type Store } from './open-store.ts'
import { addOutbox, completeJob, hasOutbox, markDead, relayedMax, relayOutbox, type OutboxRow } from './outbox.ts'
import { transaction } from './transaction.ts'

const everything = { kind: 'everything' } as const
const minuteMs = 60_000
const stack = new AsyncDisposableStack()
let store: Store

beforeAll(async () => {
  const database = stack.use(await createTestDatabase())
  await migrate(database.connection)
  store = stack.use(openStore(database.connection, { connectionsMax: 6, statementMs: 0, applicationName: 'test' }))
  await store.pool.query('create table effect (note text not null)')
})

beforeEach(async () => {
  await store.pool.query('truncate outbox, effect')
})

afterAll(() => stack.disposeAsync())

describe('the outbox', () => {
  test('a row is there with its cause, and neither is when the transaction fails', async () => {
    const failing = transaction(store, async (client) => {
      await client.query(`insert into effect (note) values ('cause')`)
      await addOutbox(client, [newRow('a')])
      throw new Error('the batch failed')
    })
    await expect(failing).rejects.toThrow('the batch failed')
    expect(await hasOutbox(store, minuteMs)).toBe(false)
    await transaction(store, async (client) => {
      await client.query(`insert into effect (note) values ('cause')`)
      await addOutbox(client, [newRow('a'), newRow('b')])
    })
    expect(await hasOutbox(store, minuteMs)).toBe(true)
    expect((await relayed()).map(({ kind, payload, attempts }) => ({ kind, payload, attempts }))).toEqual([
      { kind: 'test', payload: { name: 'a' }, attempts: 0 },
      { kind: 'test', payload: { name: 'b' }, attempts: 0 },
    ])
    expect(await effects()).toEqual(['cause'])
  })

  test('no rows at all are no error', async () => {
    await transaction(store, (client) => addOutbox(client, []))
    expect(await relayed()).toEqual([])
  })

  test('a job that runs many times at once has its effect once', async () => {
    const id = await added('a')
    const runs = await Promise.all(Array.from({ length: 5 }, () => completeJob(store, id, noteEffect('done'))))
    expect(runs.filter(Boolean)).toHaveLength(1)
    expect(await effects()).toEqual(['done'])
    expect(await completeJob(store, id, noteEffect('again'))).toBe(false)
    expect(await effects()).toEqual(['done'])
  })

  test('an effect that fails half way leaves nothing of itself, and the row for the next attempt', async () => {
    const id = await added('a')
    const failing = completeJob(store, id, async (client) => {
      await noteEffect('half')(client)
      throw new Error('the second half failed')
    })
    await expect(failing).rejects.toThrow('the second half failed')
    expect(await effects()).toEqual([])
    expect(await completeJob(store, id, noteEffect('whole'))).toBe(true)
    expect(await effects()).toEqual(['whole'])
  })

  test('a row is relayed once, and once more when it is neither done nor dead after the time that is given', async () => {
    const id = await added('a')
    expect((await relayed()).map((row) => row.id)).toEqual([id])
    expect(await relayed()).toEqual([])
    expect(await hasOutbox(store, minuteMs)).toBe(false)
    await store.pool.query(`update outbox set relayed_at = now() - interval '59 seconds'`)
    expect(await relayed()).toEqual([])
    await store.pool.query(`update outbox set relayed_at = now() - interval '61 seconds'`)
    expect((await relayed()).map((row) => row.id)).toEqual([id])
  })

  test('a row that the queue did not take is relayed again at once', async () => {
    await added('a')
    await expect(relayOutbox(store, minuteMs, () => Promise.reject(new Error('no queue')))).rejects.toThrow('no queue')
    expect(await relayed()).toHaveLength(1)
  })

  test('two relays at once give each row to one of them, and no more than a turn takes', async () => {
    await transaction(store, (client) =>
      addOutbox(
        client,
        Array.from({ length: relayedMax + 20 }, (_, index) => newRow(String(index))),
      ),
    )
    const given: string[] = []
    const turn = () => relayOutbox(store, minuteMs, async (rows) => void given.push(...rows.map((row) => row.id)))
    const counts = await Promise.all([turn(), turn()])
    expect(counts.toSorted((a, b) => a - b)).toEqual([20, relayedMax])
    expect(new Set(given).size).toBe(relayedMax + 20)
  })
})

describe('dead jobs', () => {
  test('are not relayed, are listed with their error, last died first and page by page', async () => {
    const ids: string[] = []
    for (const name of ['a', 'b', 'c']) {
      const id = await added(name)
      expect(await markDead(store, id, { reason: `could not ${name}\0`, attempts: 5, attemptsBefore: 0 })).toBe(true)
      ids.unshift(id)
    }
    expect(await relayed()).toEqual([])
    const first = await listDeadJobs(store, everything, { limit: 2, after: null })
    expect(first.items.map(({ id }) => id)).toEqual(ids.slice(0, 2))
    expect(first.items[0]).toMatchObject({ kind: 'test', attempts: 5, error: 'could not c' })
    expect(first.items[0]?.deadUs).toBeGreaterThanOrEqual(first.items[0]?.createdUs ?? Infinity)
    const second = await listDeadJobs(store, everything, { limit: 2, after: first.next })
    expect(second.items.map(({ id }) => id)).toEqual(ids.slice(2))
    expect(second.next).toBeNull()
    const one = { kind: 'clusters', clusters: ['lab'] } as const
    expect((await listDeadJobs(store, one, { limit: 2, after: null })).items).toEqual([])
    expect(await retryJob(store, one, ids[0] ?? '')).toBe('unknown')
  })

  test('a retried one is relayed as a new round, and news of the old round does not end it', async () => {
    const id = await added('a')
    const death = { reason: 'first', attempts: 5, attemptsBefore: 0 }
    expect(await retryJob(store, everything, id)).toBe('not dead')
    expect(await markDead(store, id, death)).toBe(true)
    expect(await markDead(store, id, death)).toBe(false)
    expect(await retryJob(store, everything, id)).toBe('again')
    expect(await retryJob(store, everything, id)).toBe('not dead')
    expect(await markDead(store, id, death)).toBe(false)
    expect(await relayed()).toMatchObject([{ id, attempts: 5 }])
    expect(await markDead(store, id, { reason: 'second', attempts: 5, attemptsBefore: 5 })).toBe(true)
    expect((await listDeadJobs(store, everything, { limit: 9, after: null })).items).toMatchObject([
      { id, attempts: 10, error: 'second' },
    ])
    await completeJob(store, id, noteEffect('done'))
    expect(await retryJob(store, everything, id)).toBe('unknown')
  })
})

function newRow(name: string) {
  return { id: Buffer.from(randomUUID().replaceAll('-', ''), 'hex'), kind: 'test', payload: { name } }
}

async function added(name: string): Promise<string> {
  const row = newRow(name)
  await transaction(store, (client) => addOutbox(client, [row]))
  return row.id.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

async function relayed(): Promise<readonly OutboxRow[]> {
  const given: OutboxRow[] = []
  await relayOutbox(store, minuteMs, async (rows) => void given.push(...rows))
  return given
}

function noteEffect(note: string) {
  return async (client: { query(text: string, values: string[]): Promise<unknown> }): Promise<void> => {
    await client.query('insert into effect (note) values ($1)', [note])
  }
}

async function effects(): Promise<readonly string[]> {
  const { rows } = await store.pool.query<{ note: string }>('select note from effect')
  return rows.map(({ note }) => note)
}
