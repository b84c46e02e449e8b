import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { parseQuery } from '@plaintrail/query/parse-query'
import type { Scope } from '@plaintrail/query/scope'
import { retryJob } from './dead-jobs.ts'
import { exportParts, findPart, partContent } from './export-parts.ts'
import {
  cancelExport,
  createExport,
  dropExpiredExports,
  findExport,
  findManifest,
  listExports,
  unendedMax,
  type NewExport,
} from './exports.ts'
import { beginPart, failExport, storePart, type NewPart } from './make-export.ts'
import { migrate } from './migrate.ts'
import { openStore, type Store } from './open-store.ts'
import { markDead } from './outbox.ts'

const everything: Scope = { kind: 'everything' }
const onlyShop: Scope = { kind: 'clusters', clusters: ['shop', 'lab'] }
const nobody: Scope = { kind: 'clusters', clusters: [] }
const asked: NewExport = {
  maker: { id: '0197aaaa-0000-7000-8000-000000000001', name: 'admin' },
  query: parseQuery('ns:shop', 0),
  window: { sinceUs: 1, untilUs: 2 },
  format: 'ndjson',
  withRaw: false,
}
const limits = { bytesMax: 1_000, keepDays: 7 }
const next = { timeUs: 1_700_000_000_000_000, key: 'aa'.repeat(16) }

describe('an export', () => {
  test('is written part by part, each with the position and the job of the next', async () => {
    await using place = await openPlace()
    const id = await place.create()
    expect(await place.state(id)).toMatchObject({ state: 'queued', rows: 0, expires: null, maker: 'admin' })
    const first = await place.job()
    expect(await beginPart(place.store, first)).toMatchObject({
      id,
      scope: everything,
      parts: 0,
      after: null,
      ...asked4,
    })
    expect(await storePart(place.store, first, { part: partOf('one'), next, manifestOf }, limits)).toBe('stored')
    expect(await place.state(id)).toMatchObject({
      state: 'running',
      rows: 10,
      bytes: 3,
      parts: 1,
      reachedUs: next.timeUs,
    })
    const second = await place.job()
    expect(second).not.toBe(first)
    expect(await beginPart(place.store, second)).toMatchObject({ parts: 1, rows: 10, after: next })
    expect(await storePart(place.store, second, { part: partOf('three'), next: null, manifestOf }, limits)).toBe('done')
    expect(await place.jobs()).toEqual([])
    expect(await place.state(id)).toMatchObject({ state: 'done', rows: 20, bytes: 8, parts: 2, error: null })
    expect(await findManifest(place.store, everything, id)).toBe('1:10:3,2:10:5')
    const parts = await exportParts(place.store, everything, id)
    expect(parts.map(({ number, sha256 }) => [number, sha256])).toEqual([
      [1, digest('one').toString('hex')],
      [2, digest('three').toString('hex')],
    ])
    const part = await findPart(place.store, everything, id, 2)
    expect(part).toMatchObject({ format: 'ndjson', bytes: 5, sha256: digest('three').toString('hex') })
    expect(String(part && (await partContent(place.store, part)))).toBe('three')
    expect(await findPart(place.store, everything, id, 3)).toBeNull()
    await cancelExport(place.store, everything, id)
    expect(part && (await partContent(place.store, part))).toBeNull()
  })

  test('a part is the same bytes however many slices it is read in', async () => {
    await using place = await openPlace()
    const id = await place.create()
    for (const bytes of [0, 4 * 1024 * 1024, 9 * 1024 * 1024 + 1]) {
      const content = randomBytes(bytes)
      const part = { rows: 1, content, sha256: createHash('sha256').update(content).digest() }
      await storePart(place.store, await place.job(), { part, next, manifestOf }, { ...limits, bytesMax: 1024 ** 3 })
    }
    for (const { number, sha256 } of await exportParts(place.store, everything, id)) {
      const part = await findPart(place.store, everything, id, number)
      const content = part && (await partContent(place.store, part))
      expect(content?.length).toBe(part?.bytes)
      expect(
        createHash('sha256')
          .update(content ?? '')
          .digest('hex'),
      ).toBe(sha256)
    }
  })

  test('a part that two workers made at the same moment is written once', async () => {
    await using place = await openPlace()
    const id = await place.create()
    const job = await place.job()
    const both = await Promise.all([
      storePart(place.store, job, { part: partOf('one'), next, manifestOf }, limits),
      storePart(place.store, job, { part: partOf('one'), next, manifestOf }, limits),
    ])
    expect(both.toSorted()).toEqual(['gone', 'stored'])
    expect(await place.state(id)).toMatchObject({ parts: 1, rows: 10 })
    expect(await place.jobs()).toHaveLength(1)
    expect(await beginPart(place.store, job)).toBeNull()
  })

  test('where nothing was found for a long time only the position moves on', async () => {
    await using place = await openPlace()
    const id = await place.create()
    expect(await storePart(place.store, await place.job(), { part: null, next, manifestOf }, limits)).toBe('stored')
    expect(await place.state(id)).toMatchObject({ parts: 0, reachedUs: next.timeUs })
    expect(await storePart(place.store, await place.job(), { part: null, next: null, manifestOf }, limits)).toBe('done')
  })

  test('a part that would be more than all exports may take fails it, says how to mend that, and frees its room', async () => {
    await using place = await openPlace()
    const kept = await place.create()
    const keptJob = await place.job()
    await storePart(place.store, keptJob, { part: partOf('x'.repeat(600)), next: null, manifestOf }, limits)
    const id = await place.create()
    await storePart(place.store, await place.job(), { part: partOf('y'.repeat(300)), next, manifestOf }, limits)
    expect(
      await storePart(place.store, await place.job(), { part: partOf('z'.repeat(101)), next, manifestOf }, limits),
    ).toBe('full')
    expect(await place.state(id)).toMatchObject({ state: 'failed', bytes: 0, parts: 0 })
    expect((await place.state(id))?.error).toContain('PLAINTRAIL_EXPORT_BYTES_MAX')
    expect(await exportParts(place.store, everything, id)).toEqual([])
    expect(await place.jobs()).toEqual([])
    expect(await place.state(kept)).toMatchObject({ state: 'done', bytes: 600 })
    const fits = await place.create()
    await storePart(place.store, await place.job(), { part: partOf('z'.repeat(400)), next: null, manifestOf }, limits)
    expect(await place.state(fits)).toMatchObject({ state: 'done' })
  })

  test('one that is cancelled loses its parts, and the worker that is at it writes nothing more', async () => {
    await using place = await openPlace()
    const id = await place.create()
    await storePart(place.store, await place.job(), { part: partOf('one'), next, manifestOf }, limits)
    const job = await place.job()
    expect(await beginPart(place.store, job)).not.toBeNull()
    expect(await cancelExport(place.store, everything, id)).toBe(true)
    expect(await storePart(place.store, job, { part: partOf('two'), next: null, manifestOf }, limits)).toBe('gone')
    expect(await place.state(id)).toMatchObject({ state: 'cancelled', parts: 0, bytes: 0 })
    expect(await exportParts(place.store, everything, id)).toEqual([])
    expect(await place.jobs()).toEqual([])
    expect(await cancelExport(place.store, everything, 'exp_0')).toBe(false)
  })

  test('one that is cancelled while a part of it commits does not keep that part', async () => {
    await using place = await openPlace()
    const id = await place.create()
    const client = await place.store.pool.connect()
    await client.query('begin')
    await client.query('select from export for update')
    await client.query(
      `insert into export_part (export_id, number, rows, bytes, sha256, content)
       select id, 1, 1, 1, sha256('a'), 'a'::bytea from export`,
    )
    const cancelled = cancelExport(place.store, everything, id)
    await expect.poll(() => place.waiting()).toBe(1)
    await client.query('commit')
    client.release()
    expect(await cancelled).toBe(true)
    expect(await exportParts(place.store, everything, id)).toEqual([])
  })

  test('one whose job is dead has failed with its error, and goes on when the job is tried again', async () => {
    await using place = await openPlace()
    const id = await place.create()
    const job = await place.job()
    await markDead(place.store, job, { reason: 'the disk is full', attempts: 5, attemptsBefore: 0 })
    expect(await place.state(id)).toMatchObject({ state: 'failed', error: 'the disk is full' })
    expect(await retryJob(place.store, everything, job)).toBe('again')
    expect(await place.state(id)).toMatchObject({ state: 'queued', error: null })
  })

  test('one that no attempt could make fails for good', async () => {
    await using place = await openPlace()
    const id = await place.create()
    expect(await failExport(place.store, await place.job(), 'could not read the query', limits)).toBe(true)
    expect(await place.state(id)).toMatchObject({ state: 'failed', error: 'could not read the query' })
    expect(await place.jobs()).toEqual([])
  })

  test('is seen with the scope that it was asked for with, and with no other but everything', async () => {
    await using place = await openPlace()
    const own = await place.create(onlyShop)
    const all = await place.create(everything)
    const same: Scope = { kind: 'clusters', clusters: ['lab', 'shop'] }
    expect((await listExports(place.store, same, { limit: 10, after: null })).items.map(({ id }) => id)).toEqual([own])
    expect((await listExports(place.store, everything, { limit: 10, after: null })).items).toHaveLength(2)
    for (const scope of [nobody, { kind: 'clusters', clusters: ['lab'] } as const]) {
      expect((await listExports(place.store, scope, { limit: 10, after: null })).items).toEqual([])
      for (const id of [own, all]) {
        expect(await findExport(place.store, scope, id)).toBeNull()
        expect(await exportParts(place.store, scope, id)).toEqual([])
        expect(await findPart(place.store, scope, id, 1)).toBeNull()
        expect(await findManifest(place.store, scope, id)).toBeNull()
        expect(await cancelExport(place.store, scope, id)).toBe(false)
      }
    }
    const [job] = await place.jobs()
    expect(await beginPart(place.store, job ?? '')).toMatchObject({ scope: same })
  })

  test('pages of them have each once, newest first', async () => {
    await using place = await openPlace()
    const ids: string[] = []
    for (let n = 0; n < 7; n += 1) ids.unshift(await place.create())
    const seen: string[] = []
    let after: Parameters<typeof listExports>[2]['after'] = null
    do {
      const page = await listExports(place.store, everything, { limit: 3, after })
      seen.push(...page.items.map(({ id }) => id))
      after = page.next
    } while (after)
    expect(seen).toEqual(ids)
    expect(ids).toEqual(ids.toSorted().toReversed())
  })

  test(`there are ${unendedMax} that are not ended, and no more, also when two are asked for at once`, async () => {
    await using place = await openPlace()
    for (let n = 0; n < unendedMax - 1; n += 1) await place.create()
    const both = await Promise.all([place.tryCreate(), place.tryCreate()])
    expect(both.filter((id) => id === null)).toHaveLength(1)
    const [job = ''] = await place.jobs()
    await failExport(place.store, job, 'gone', limits)
    expect(await place.tryCreate()).not.toBeNull()
  })

  test('goes when its days are over, with its parts; and also when it did not end in all that time', async () => {
    await using place = await openPlace()
    const done = await place.create()
    await storePart(place.store, await place.job(), { part: partOf('one'), next: null, manifestOf }, limits)
    await place.create()
    expect(await dropExpiredExports(place.store, 7)).toBe(0)
    await place.store.pool.query(`update export set expires_at = now() - interval '1 second' where state = 'done'`)
    expect(await findExport(place.store, everything, done)).toBeNull()
    expect(await findPart(place.store, everything, done, 1)).toBeNull()
    await place.store.pool.query(`update export set created_at = now() - interval '8 days'`)
    expect(await dropExpiredExports(place.store, 7)).toBe(2)
    const { rows } = await place.store.pool.query('select number from export_part')
    expect(rows).toEqual([])
  })
})

const asked4 = { query: 'ns:shop', window: asked.window, snapshot: { lanes: new Map() }, format: asked.format }
const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
const partOf = (text: string): NewPart => ({ rows: 10, content: Buffer.from(text), sha256: digest(text) })
const manifestOf = (parts: readonly { number: number; rows: number; bytes: number }[]): string =>
  parts.map(({ number, rows, bytes }) => `${number}:${rows}:${bytes}`).join(',')

async function openPlace() {
  await using stack = new AsyncDisposableStack()
  const { connection } = stack.use(await createTestDatabase())
  await migrate(connection)
  const store: Store = stack.use(openStore(connection, { connectionsMax: 4, statementMs: 0, applicationName: 'test' }))
  const kept = stack.move()
  const tryCreate = (scope = everything): Promise<string | null> => createExport(store, scope, asked)
  const jobs = async (): Promise<readonly string[]> => {
    const { rows } = await store.pool.query<{ id: string }>(
      `select o.id::text as id from outbox o join export x on x.job = o.id order by x.created_at, x.id`,
    )
    return rows.map(({ id }) => id)
  }
  return {
    store,
    jobs,
    tryCreate,
    async create(scope = everything): Promise<string> {
      const id = await tryCreate(scope)
      if (id === null) throw new Error('too many exports')
      return id
    },
    /** Statements that wait for a lock. */
    async waiting(): Promise<number> {
      const { rows } = await store.pool.query<{ n: number }>(
        `select count(distinct pid)::int4 as n from pg_locks where not granted and pid in (
           select pid from pg_stat_activity where datname = current_database())`,
      )
      return rows[0]?.n ?? -1
    },
    /** Of the export that was asked for last. */
    job: async (): Promise<string> => (await jobs()).at(-1) ?? '',
    state: (id: string) => findExport(store, everything, id),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}
