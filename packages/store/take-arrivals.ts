// takeArrivals: what a batch tells of objects, taken into their chains: read at once, worked in memory, written at once.

import type { PoolClient } from 'pg'
import { readChainWindows, readTaken, type ChainSpan } from './chain-rows.ts'
import type { HistoryArrival } from './history-arrivals.ts'
import { lockHistoryObjects, type ClusterOfLane, type LockedObject } from './history-objects.ts'
import { createObjectChain, type ObjectChain } from './object-chain.ts'
import { changedFields } from '@plaintrail/history/changed-fields'
import type { ChangedFieldWriter } from './revision-fields.ts'
import { deleteRevisions, insertRevisions, placeNumber, type RevisionRow } from './revision-row.ts'
import { takeArrival } from './revision-slots.ts'
import type { RevisionSources } from './revision-sources.ts'

export interface TakeTools {
  readonly client: PoolClient
  readonly sources: RevisionSources
  readonly fields: ChangedFieldWriter
}

/** In the transaction of the client, which holds the objects until its end. */
export async function takeArrivals(
  tools: TakeTools,
  cluster: ClusterOfLane,
  arrivals: readonly HistoryArrival[],
): Promise<void> {
  if (arrivals.length === 0) return
  const byUid = Map.groupBy(arrivals, ({ uid }) => uid)
  const named = new Map([...byUid].flatMap(([uid, [first]]) => (first ? [[uid, first.observation] as const] : [])))
  const objects = await lockHistoryObjects(tools.client, cluster, named)
  const known = [...byUid].map(([uid, own]) => {
    const object = objects.get(uid)
    if (object === undefined) throw new Error(`could not lock the object ${uid}: its row vanished`)
    return { uid, own, ...object }
  })
  const taken = await takenOf(tools.client, known)
  const chains = await chainsOf(tools, known)
  for (const { id, own } of known) {
    const chain = chains.get(id)
    if (chain === undefined) continue
    for (const arrival of own) await takeArrival(chain, arrival, taken.has(arrival))
  }
  await writeChains(tools, cluster, [...chains.values()])
}

interface ToldObject extends LockedObject {
  readonly uid: string
  readonly own: readonly HistoryArrival[]
}

/** Of what has no place; what has one is known by it. */
async function takenOf(client: PoolClient, objects: readonly ToldObject[]): Promise<ReadonlySet<HistoryArrival>> {
  const asked = objects.flatMap(({ id, own, isNew }) =>
    own.flatMap((arrival) =>
      isNew || placeNumber(arrival.observation) !== null ? [] : [{ objectId: id, teller: arrival.teller, arrival }],
    ),
  )
  const taken = await readTaken(client, asked)
  return new Set(asked.flatMap(({ arrival }, number) => (taken.has(number) ? [arrival] : [])))
}

async function chainsOf(tools: TakeTools, objects: readonly ToldObject[]): Promise<ReadonlyMap<number, ObjectChain>> {
  const spans = new Map(objects.map((object) => [object.id, spanOf(object)]))
  const windows = await readChainWindows(
    tools.client,
    objects.flatMap(({ id, isNew }) => (isNew ? [] : (spans.get(id) ?? []))),
  )
  return new Map(
    objects.map(({ id, uid }) => {
      const placeMin = spans.get(id)?.placeMin ?? null
      return [id, createObjectChain(tools, { id, uid, window: windows.get(id) ?? null, placeMin })]
    }),
  )
}

function spanOf({ id, own }: ToldObject): ChainSpan {
  const places = own.flatMap(({ observation }) => placeNumber(observation) ?? [])
  const observations = own.map(({ observation }) => observation)
  const least = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b), Infinity)
  return {
    objectId: id,
    placeMin: places.length === 0 ? null : least(places),
    earliest: least(observations.map(({ earliest }) => earliest)),
    latest: observations.reduce((most, { latest }) => Math.max(most, latest), 0),
  }
}

async function writeChains(
  { client, fields }: TakeTools,
  { id: clusterId }: ClusterOfLane,
  chains: readonly ObjectChain[],
): Promise<void> {
  const replaced: RevisionRow[] = []
  const made: RevisionRow[] = []
  for (const chain of chains) {
    for (const { row, stored, kept, before } of chain.written()) {
      if (stored !== null) replaced.push(stored)
      if (kept == null) continue
      const changed = row.place === null ? { fields: [], count: 0 } : changedFields(before, kept.revision)
      made.push({ ...row, changes: changed.count })
      fields.add(clusterId, row, kept.revision, changed.fields)
    }
  }
  await deleteCheckpoints(client, chains)
  await deleteRevisions(client, replaced)
  await insertRevisions(client, made)
  await fields.flush()
}

/** Blame that was made of what is written anew, or of what a late write now comes before. */
async function deleteCheckpoints(client: PoolClient, chains: readonly ObjectChain[]): Promise<void> {
  const touched = chains.flatMap((chain) => {
    const places = chain.isNew ? [] : chain.written().flatMap(({ place }) => place ?? [])
    return places.length === 0 ? [] : [{ id: chain.id, place: places.reduce((a, b) => Math.min(a, b), Infinity) }]
  })
  if (touched.length === 0) return
  await client.query({
    name: 'delete-checkpoints',
    text: `delete from blame_checkpoint b using unnest($1::int8[], $2::int8[]) as i (object_id, place)
           where b.object_id = i.object_id and b.place >= i.place`,
    values: [touched.map(({ id }) => id), touched.map(({ place }) => place)],
  })
}
