// createRevisionSlots: takes observations of one object into its chain: reads the neighbours, asks slotIn, writes what it says.

import { relink, slotIn, slotUnplaced, unplacedMax, type Arrival } from '@plaintrail/history/revision-chain'
import type { Revision } from '@plaintrail/history/revision'
import type { PoolClient } from 'pg'
import type { HistoryArrival } from './history-arrivals.ts'
import type { ChangedFieldWriter } from './revision-fields.ts'
import {
  deleteRevision,
  eventOf,
  insertRevision,
  placeNumber,
  revisionColumns,
  type KeptRevision,
  type RevisionRow,
} from './revision-row.ts'
import { changedFields } from './revision-changes.ts'
import type { RevisionSources } from './revision-sources.ts'

export interface SlotTools {
  readonly client: PoolClient
  readonly sources: RevisionSources
  readonly fields: ChangedFieldWriter
}

export interface LockedObject {
  readonly id: number
  readonly uid: string
}

/** Links that one write without a version can touch: those around its time. */
const touchedMax = 1_000

/** To be called with the object's row locked. An observation that was taken before changes nothing. */
export async function takeArrival(tools: SlotTools, object: LockedObject, arrival: HistoryArrival): Promise<void> {
  const place = placeNumber(arrival.observation)
  if (place === null) await takeUnplaced(tools, object, arrival)
  else await takePlaced(tools, object, arrival, place)
}

async function takePlaced(
  tools: SlotTools,
  object: LockedObject,
  arrival: HistoryArrival,
  place: number,
): Promise<void> {
  const rows = await neighbourRows(tools.client, object.id, place)
  // A state that is known, and was so before this read: it adds nothing, and no bytes need be read. Most items of lists.
  if (rows.same?.hasState === true && arrival.observation.isRead && rows.same.latest < arrival.observation.latest)
    return
  const before = await loaded(tools, object, rows.before)
  const same = await loaded(tools, object, rows.same)
  const after = await loaded(tools, object, rows.after)
  const { earliest, latest } = arrival.observation
  const unplaced = await unplacedIn(tools, object, [
    [rows.before?.earliest ?? null, Math.max(latest, rows.same?.latest ?? latest)],
    [Math.min(earliest, rows.same?.earliest ?? earliest), rows.after?.latest ?? null],
  ])
  const neighbours = {
    before: before?.revision ?? null,
    same: same?.revision ?? null,
    after: after?.revision ?? null,
    unplaced,
  }
  const slotted = slotIn(arrivalOf(arrival), neighbours)
  // What is not there to be compared with any more, since retention took its bytes, gives way to what is.
  if (slotted.write === null) return
  if (rows.same !== null) await deleteRevision(tools.client, object.id, rows.same)
  await write(tools, object, keptOf(slotted.write, arrival, same), before?.revision ?? null)
  if (slotted.remade === null || after === null) return
  await rewrite(tools, object, { ...after, revision: slotted.remade }, slotted.write)
  if (slotted.goesOn) await remakeFrom(tools, object, slotted.remade)
}

/** Derived states follow from the one before: each next one is made anew until one shows its own. */
async function remakeFrom(tools: SlotTools, object: LockedObject, remade: Revision): Promise<void> {
  let before = remade
  for (;;) {
    const place = placeNumber(before.observation)
    const rows = place === null ? null : await neighbourRows(tools.client, object.id, place)
    const next = await loaded(tools, object, rows?.after ?? null)
    if (next === null) return
    const { observation } = next.revision
    const unplaced = await unplacedIn(tools, object, [[before.observation.earliest, observation.latest]])
    const revision = relink(next.revision, { before, unplaced })
    await rewrite(tools, object, { ...next, revision }, before)
    if (observation.object !== null || observation.sets.length === 0) return
    before = revision
  }
}

async function takeUnplaced(tools: SlotTools, object: LockedObject, arrival: HistoryArrival): Promise<void> {
  const { client } = tools
  if (await isTaken(client, object.id, arrival)) return
  const none = { before: null, same: null, after: null, unplaced: [] }
  const slotted = slotUnplaced(arrivalOf(arrival), none)
  if (slotted.write === null) return
  await insertRevision(client, object.id, { revision: slotted.write, teller: arrival.teller, state: null }, 0)
  for (const row of await touchedRows(client, object.id, arrival)) {
    const kept = await loaded(tools, object, row)
    if (kept === null || row.place === null) continue
    const rows = await neighbourRows(client, object.id, row.place)
    const before = await loaded(tools, object, rows.before)
    const unplaced = await unplacedIn(tools, object, [[rows.before?.earliest ?? null, row.latest]])
    const revision = relink(kept.revision, { before: before?.revision ?? null, unplaced })
    await rewrite(tools, object, { ...kept, revision }, before?.revision ?? null)
  }
}

const arrivalOf = ({ uid, observation, teller }: HistoryArrival): Arrival => ({
  uid,
  event: eventOf(teller),
  observation,
})

/** Where what slotIn made of the two is: it takes the maker of one, and its state of the other where the maker has none. */
function keptOf(revision: Revision, arrival: HistoryArrival, same: KeptRevision | null): KeptRevision {
  const isOwn = revision.event === eventOf(arrival.teller)
  if (!isOwn && same !== null) return { revision, teller: same.teller, state: arrival.teller }
  const isAdopted = arrival.observation.object === null && revision.observation.object !== null
  return { revision, teller: arrival.teller, state: isAdopted ? (same?.state ?? same?.teller ?? null) : null }
}

async function loaded(tools: SlotTools, object: LockedObject, row: RevisionRow | null): Promise<KeptRevision | null> {
  return row && (await tools.sources.load(tools.client, object.uid, row))
}

async function rewrite(
  tools: SlotTools,
  object: LockedObject,
  kept: KeptRevision,
  before: Revision | null,
): Promise<void> {
  await deleteRevision(tools.client, object.id, kept.teller)
  await write(tools, object, kept, before)
}

async function write(
  tools: SlotTools,
  object: LockedObject,
  kept: KeptRevision,
  before: Revision | null,
): Promise<void> {
  const { fields, count } = changedFields(before, kept.revision)
  await insertRevision(tools.client, object.id, kept, count)
  await tools.fields.write(object.id, kept, fields)
}

interface NeighbourRows {
  readonly before: RevisionRow | null
  readonly same: RevisionRow | null
  readonly after: RevisionRow | null
}

async function neighbourRows(client: PoolClient, objectId: number, place: number): Promise<NeighbourRows> {
  const { rows } = await client.query<RevisionRow & { readonly side: number }>({
    name: 'revision-neighbours',
    text: `
      (select -1 as side, ${revisionColumns} from revision r where r.object_id = $1 and r.place < $2
        order by r.place desc limit 1)
      union all (select 0, ${revisionColumns} from revision r where r.object_id = $1 and r.place = $2)
      union all (select 1, ${revisionColumns} from revision r where r.object_id = $1 and r.place > $2
        order by r.place limit 1)`,
    values: [objectId, place],
  })
  const at = (side: number): RevisionRow | null => rows.find((row) => row.side === side) ?? null
  return { before: at(-1), same: at(0), after: at(1) }
}

/** Those whose time overlaps one of the spans, by their time; of each span no more than a link looks at. */
async function unplacedIn(
  tools: SlotTools,
  object: LockedObject,
  spans: readonly (readonly [fromUs: number | null, toUs: number | null])[],
): Promise<readonly Revision[]> {
  const found = new Map<string, RevisionRow>()
  for (const [fromUs, toUs] of spans) {
    if (toUs === null) continue
    const { rows } = await tools.client.query<RevisionRow>({
      name: 'revision-unplaced',
      text: `select ${revisionColumns} from revision r
             where r.object_id = $1 and r.place is null and r.earliest <= $3 and ($2::int8 is null or r.latest >= $2)
             order by r.earliest, r.key, r.part limit ${unplacedMax}`,
      values: [object.id, fromUs, toUs],
    })
    for (const row of rows) found.set(eventOf(row), row)
  }
  const revisions: Revision[] = []
  for (const row of found.values()) {
    const kept = await loaded(tools, object, row)
    if (kept !== null) revisions.push(kept.revision)
  }
  return revisions.toSorted((a, b) => a.observation.earliest - b.observation.earliest || (a.event < b.event ? -1 : 1))
}

async function isTaken(client: PoolClient, objectId: number, { teller }: HistoryArrival): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>({
    name: 'revision-is-taken',
    text: `select exists (
      select from revision where object_id = $1 and time = $2 and key = $3 and part = $4) as taken`,
    values: [objectId, teller.time, teller.key, teller.part],
  })
  return rows[0]?.taken ?? false
}

/** Revisions that ended after the write began, and whose one before began before the write ended. */
async function touchedRows(
  client: PoolClient,
  objectId: number,
  { observation }: HistoryArrival,
): Promise<readonly RevisionRow[]> {
  const { rows } = await client.query<RevisionRow>({
    name: 'revisions-touched',
    text: `
      select ${revisionColumns} from revision r
      where r.object_id = $1 and r.place is not null and r.latest >= $2
        and coalesce((select b.earliest from revision b where b.object_id = $1 and b.place < r.place
          order by b.place desc limit 1) <= $3, true)
      order by r.place limit ${touchedMax}`,
    values: [objectId, observation.earliest, observation.latest],
  })
  return rows
}
