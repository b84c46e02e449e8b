// Blame through the store, from checkpoints, against blame the slow way: every revision in memory, from the first.

import { blameAt, blameRevision, noBlame, refOf, type Blame, type Origin } from '@plaintrail/history/blame'
import { parseFieldPath } from '@plaintrail/history/field-path'
import type { JsonObject } from '@plaintrail/history/json-values'
import type { Revision } from '@plaintrail/history/revision'
import { corpusOf, corpusVersions } from '@plaintrail/test/corpus'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkpointBefore } from './blame-checkpoint.ts'
import { addCluster } from './clusters.ts'
import { storeDeliveries, type Delivery } from './events-for-tests.ts'
import type { BlamedObject } from './blame-walk.ts'
import { followAll, openTestStore } from './history-for-tests.ts'
import { keepBlame, keepBlameBounds } from './keep-blame.ts'
import { blameBounds, objectBlame, type BlamedField } from './object-blame.ts'
import type { Store } from './open-store.ts'
import { eventOf, revisionColumns, type RevisionRow } from './revision-row.ts'
import { createRevisionSources } from './revision-sources.ts'
import { createSegmentItems, type SegmentItems } from './segment-items.ts'
import { eventIdOf } from './told-revision.ts'

const every = 3

let stack: AsyncDisposableStack
let store: Store
let items: SegmentItems
let objects: readonly BlamedObject[]

beforeAll(async () => {
  stack = new AsyncDisposableStack()
  store = await openTestStore(stack, await createTestDatabase())
  items = createSegmentItems(store)
  // Half of it, then checkpoints, then what comes late slots in before them.
  const weeks = await recordedWeeks()
  await storeDeliveries(
    store,
    weeks.filter((_, index) => index % 5 !== 0),
  )
  await followAll(store)
  await keepBlame(store, { bounds: { ...keepBlameBounds, every } })
  await storeDeliveries(
    store,
    weeks.filter((_, index) => index % 5 === 0),
  )
  await followAll(store)
  await keepBlame(store, { bounds: { ...keepBlameBounds, every } })
  const { rows } = await store.pool.query<BlamedObject>('select id, uid, resource from history_object order by id')
  objects = rows
}, 240_000)

afterAll(async () => {
  await stack.disposeAsync()
})

test(
  'every field of every object has the blame that the slow way gives it, at every revision',
  { timeout: 240_000 },
  async () => {
    const found = { fields: 0, states: 0, unsure: 0 }
    for (const object of objects) {
      for (const { place, blame, state } of await slowBlame(object)) {
        if (state === null) continue
        const told = await objectBlame(store, object, { place, withNoise: false }, items)
        expect(told?.cut).toEqual([])
        for (const field of told?.fields ?? []) {
          const origin = blameAt(blame, parseFieldPath(field.path))
          expect(originOf(field), `${object.resource} ${place} ${field.path}`).toEqual(origin)
          found.fields++
          if (field.how !== 'set') found.unsure++
        }
        found.states++
      }
    }
    expect(found.states).toBeGreaterThan(1_000)
    expect(found.fields).toBeGreaterThan(20_000)
    expect(found.unsure).toBeGreaterThan(30)
    const { rows } = await store.pool.query<{ count: number }>('select count(*) as count from blame_checkpoint')
    expect(rows[0]?.count).toBeGreaterThan(50)
  },
)

test('a field that is noise is blamed too where it is asked for', { timeout: 240_000 }, async () => {
  let noisy = 0
  for (const object of objects.filter(({ resource }) => resource === 'deployments')) {
    const last = (await slowBlame(object)).at(-1)
    if (last === undefined || last.state === null) continue
    const told = await objectBlame(store, object, { place: last.place, withNoise: true }, items, {
      ...blameBounds,
      noiseStepsMax: 10_000,
    })
    for (const field of told?.fields ?? []) {
      if (field.path.startsWith('metadata.managedFields')) continue
      expect(originOf(field), field.path).toEqual(blameAt(last.blame, parseFieldPath(field.path)))
      if (field.noise) noisy++
    }
  }
  expect(noisy).toBeGreaterThan(50)
})

test(
  'without its checkpoints an object has the same blame, and they are made again',
  { timeout: 240_000 },
  async () => {
    const object = await busiest()
    const at = { place: Number.MAX_SAFE_INTEGER, withNoise: false }
    const before = await objectBlame(store, object, at, items)
    await store.pool.query('truncate blame_checkpoint')
    expect(await objectBlame(store, object, at, items)).toEqual(before)
    await store.pool.query('update history_position set blamed_seq = 1')
    const { made, isDone } = await keepBlame(store, { bounds: { ...keepBlameBounds, every } })
    expect(made).toBeGreaterThan(50)
    expect(isDone).toBe(true)
    expect(await objectBlame(store, object, at, items)).toEqual(before)
    expect(await keepBlame(store, { bounds: { ...keepBlameBounds, every } })).toEqual({
      made: 0,
      dropped: 0,
      isDone: true,
    })
  },
)

test('where not all can be looked at, that is said, and nothing is said to be set that is not known to be', async () => {
  const object = await busiest()
  await store.pool.query('truncate blame_checkpoint')
  const slow = (await slowBlame(object)).at(-1)
  const at = { place: slow?.place ?? 0, withNoise: false }
  for (const bounds of [{ stepsMax: 2 }, { msMax: 0 }]) {
    const told = await objectBlame(store, object, at, items, { ...blameBounds, ...bounds })
    expect(told?.cut).toEqual(['revisions'])
    for (const field of told?.fields ?? []) {
      if (field.how === 'set')
        expect(originOf(field)).toEqual(blameAt(slow?.blame ?? noBlame, parseFieldPath(field.path)))
    }
  }
  const few = await objectBlame(store, object, at, items, { ...blameBounds, fieldsMax: 3 })
  expect([few?.cut, few?.fields.length]).toEqual([['fields'], 3])
})

test('a checkpoint that was overtaken by a late event is not written', { timeout: 120_000 }, async () => {
  const object = await busiest()
  await store.pool.query('truncate blame_checkpoint')
  await store.pool.query('update history_position set blamed_seq = 1')
  const client = await store.pool.connect()
  try {
    await client.query('begin')
    await client.query('select from history_object where id = $1 for update', [object.id])
    const running = keepBlame(store, { bounds: { ...keepBlameBounds, every, numbersMax: 1_000_000 } })
    // It waits for the object, whose link to the first revision is another one when it gets it.
    await expect.poll(waiting, { timeout: 60_000 }).toBe(1)
    await client.query(
      `update revision set linked = 'o', link = '{"adjacency": "assumed", "reasons": [], "unseenMin": 7, "fills": []}'
       where object_id = $1 and place = (select min(place) from revision where object_id = $1)`,
      [object.id],
    )
    await client.query('commit')
    await running
  } finally {
    client.release()
  }
  expect(await checkpointBefore(store.pool, object.id, Number.MAX_SAFE_INTEGER)).toBeNull()
})

test('past retention a field is still of the revision that set it, and what is not known is not said', async () => {
  const object = await busiest()
  await store.pool.query('truncate blame_checkpoint')
  await store.pool.query('update history_position set blamed_seq = 1')
  await keepBlame(store, { bounds: { ...keepBlameBounds, every } })
  const slow = await slowBlame(object)
  const { rows: checkpoints } = await store.pool.query<{ place: number }>(
    'select place from blame_checkpoint where object_id = $1 order by place',
    [object.id],
  )
  const second = checkpoints[1]?.place ?? 0
  const last = slow.at(-1)
  const at = { place: last?.place ?? 0, withNoise: false }
  const before = await objectBlame(store, object, at, items)
  await store.pool.query('delete from revision where object_id = $1 and place is not null and place <= $2', [
    object.id,
    second,
  ])
  await keepBlame(store, { bounds: { ...keepBlameBounds, every } })
  const { rows: left } = await store.pool.query<{ place: number }>(
    'select place from blame_checkpoint where object_id = $1 order by place limit 1',
    [object.id],
  )
  const first = slow.find(({ place }) => place > second)
  expect(left[0]?.place).toBe(first?.place)
  const after = await objectBlame(store, object, at, items)
  const old = (after?.fields ?? []).filter(({ revision }) => (revision?.resourceVersion ?? 0) <= second)
  expect(old.length).toBeGreaterThan(5)
  for (const field of old) expect(before?.fields).toContainEqual(field)
  await store.pool.query('delete from revision where object_id = $1', [object.id])
  expect((await keepBlame(store, { bounds: { ...keepBlameBounds, every } })).dropped).toBeGreaterThan(0)
})

/** Connections that wait for a row. */
async function waiting(): Promise<number> {
  const { rows } = await store.pool.query<{ count: number }>(
    `select count(*) as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  )
  return rows[0]?.count ?? 0
}

/** A delivery a list. */
async function recordedWeeks(): Promise<readonly Delivery[]> {
  const nowUs = Date.UTC(2026, 10, 27) * 1_000
  const weeks: Delivery[] = []
  for (const version of corpusVersions()) {
    const { uid: cluster } = await addCluster(store, { name: `lab-${version}` })
    for (const [index, list] of corpusOf(version).lists.entries()) {
      const listed = (JSON.parse(list) as { items: unknown[] }).items.map((item) => JSON.stringify(item))
      weeks.push({ cluster, items: listed, receivedAtUs: nowUs + index })
    }
  }
  return weeks
}

function originOf({ how, revision, after }: BlamedField): Origin | null {
  return revision === null ? null : { how, revision, after }
}

interface SlowBlame {
  readonly place: number
  readonly blame: Blame
  readonly state: JsonObject | null
}

async function slowBlame({ id, uid }: BlamedObject): Promise<readonly SlowBlame[]> {
  const { rows } = await store.pool.query<RevisionRow>(
    `select ${revisionColumns} from revision r where r.object_id = $1 order by r.place`,
    [id],
  )
  const ids = new Map(rows.map((row) => [eventOf(row), eventIdOf(row)]))
  const sources = createRevisionSources(items)
  const told: SlowBlame[] = []
  let blame = noBlame
  let known: JsonObject | null = null
  let before: Revision | null = null
  for (const row of rows) {
    const kept = row.place === null ? null : await sources.load(store.pool, uid, row)
    if (kept === null || row.place === null) continue
    const fills = kept.revision.link.fills.map((fill) => ({ ...fill, event: ids.get(fill.event) ?? '' }))
    const revision: Revision = { ...kept.revision, event: eventIdOf(row), link: { ...kept.revision.link, fills } }
    blame = blameRevision(blame, { revision, before: before && refOf(before), known })
    known = revision.object ?? known
    before = revision
    told.push({ place: row.place, blame, state: row.observed === 'deleted' ? null : revision.object })
  }
  return told
}

/** That was changed most often. */
async function busiest(): Promise<BlamedObject> {
  const { rows } = await store.pool.query<BlamedObject>(
    `select o.id, o.uid, o.resource from history_object o join revision r on r.object_id = o.id
     where r.significance = 'm' and o.resource = 'deployments' group by o.id order by count(*) desc, o.id limit 1`,
  )
  const [object] = rows
  if (object === undefined) throw new Error('no deployment was changed in the recorded weeks')
  return object
}
