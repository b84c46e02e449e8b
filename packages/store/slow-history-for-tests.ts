// slowHistory: the revisions of all objects of a cluster the slow way: every event in memory, sorted, each made from the one before.

import { eventIdentity, eventKey } from '@plaintrail/event/identity'
import { normalize } from '@plaintrail/event/normalize'
import { objectStatesOf } from '@plaintrail/history/object-state'
import type { Revision } from '@plaintrail/history/revision'
import { relink, slotIn, slotUnplaced, type Arrival } from '@plaintrail/history/revision-chain'
import { eventOf, placeNumber } from './revision-row.ts'

export interface SlowRevision extends Pick<Revision, 'uid' | 'event' | 'fidelity' | 'significance' | 'link'> {
  readonly place: number | null
}

const alone = { before: null, same: null, after: null, unplaced: [] }

/** `items` are the bytes of events; by uid, then by place, what has none last. */
export function slowHistory(cluster: string, items: readonly string[]): readonly SlowRevision[] {
  return slowChains(cluster, items).flatMap((chain) => chain.map(told))
}

/** The same with the states, each object by itself. */
export function slowChains(cluster: string, items: readonly string[]): readonly (readonly Revision[])[] {
  const clusterUid = Buffer.from(cluster.replaceAll('-', ''), 'hex')
  const arrivals = new Map(items.flatMap((item) => arrivalsOf(item, clusterUid)).map((one) => [one.event, one]))
  const byUid = Map.groupBy(arrivals.values(), ({ uid }) => uid)
  return [...byUid.keys()].toSorted().map((uid) => chainOf(byUid.get(uid) ?? []))
}

function arrivalsOf(item: string, clusterUid: Uint8Array): readonly Arrival[] {
  const raw = JSON.parse(item) as Readonly<Record<string, unknown>>
  const event = normalize(raw)
  const isEvent = event?.object?.resource === 'events' && ['', 'events.k8s.io'].includes(event.object.apiGroup)
  if (event === null || isEvent) return []
  const hex = Buffer.from(eventKey(eventIdentity(Buffer.from(item)), clusterUid)).toString('hex')
  const key = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  return objectStatesOf({ raw, event }).observations.flatMap((observation, part) => {
    const { uid } = observation
    return uid === null ? [] : [{ uid, event: eventOf({ key, part }), observation }]
  })
}

function chainOf(arrivals: readonly Arrival[]): readonly Revision[] {
  const byPlace = Map.groupBy(arrivals, ({ observation }) => placeNumber(observation))
  const unplaced = (byPlace.get(null) ?? [])
    .flatMap((arrival) => slotUnplaced(arrival, alone).write ?? [])
    .toSorted((a, b) => a.observation.earliest - b.observation.earliest || (a.event < b.event ? -1 : 1))
  byPlace.delete(null)
  const placed: Revision[] = []
  for (const [, same] of [...byPlace].toSorted(([a], [b]) => (a ?? 0) - (b ?? 0))) {
    let one: Revision | null = null
    for (const arrival of same) one = slotIn(arrival, { ...alone, same: one }).write ?? one
    if (one !== null) placed.push(relink(one, { before: placed.at(-1) ?? null, unplaced }))
  }
  return [...placed, ...unplaced]
}

function told({ uid, event, observation, fidelity, significance, link }: Revision): SlowRevision {
  return { uid, place: placeNumber(observation), event, fidelity, significance, link }
}
