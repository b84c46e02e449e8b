// RevisionRow: a row of the table of revisions, and the statements that read one, write one and take one away.

import type { Observation } from '@plaintrail/history/observation'
import { placeOf, type Link, type Revision } from '@plaintrail/history/revision'
import type { PoolClient } from 'pg'

/** Where an observation was told: the bytes of its event, and which of the things that the event tells it is. */
export interface Source {
  readonly segmentId: number
  readonly item: number
  readonly part: number
  /** The bits of the event's flags (event-codes.ts). */
  readonly flags: number
}

/** The event that told an observation. */
export interface Teller extends Source {
  /** Microseconds since 1970. */
  readonly time: number
  /** A UUID. */
  readonly key: string
}

/** A revision, and where to read it again. */
export interface KeptRevision {
  readonly revision: Revision
  readonly teller: Teller
  /** Where its state is, if the event that made it does not have it. */
  readonly state: Source | null
}

export interface RevisionRow {
  readonly objectId: number
  readonly place: number | null
  readonly time: number
  readonly key: string
  readonly part: number
  readonly earliest: number
  readonly latest: number
  readonly segmentId: number
  readonly item: number
  readonly flags: number
  readonly stateSegmentId: number | null
  readonly stateItem: number | null
  readonly statePart: number | null
  readonly stateFlags: number | null
  readonly hasState: boolean
  readonly isRead: boolean
  /** Of the fields that it changed without the noise: how many. */
  readonly changes: number
  readonly observed: Observation['observed']
  readonly fidelity: Revision['fidelity']
  readonly significance: Revision['significance']
  readonly link: Link
}

/** Of `revision r`. */
export const revisionColumns = `
  r.object_id as "objectId", r.place, r.time, r.key::text as key, r.part, r.earliest, r.latest,
  r.segment_id as "segmentId", r.item, r.flags, r.state_segment_id as "stateSegmentId", r.state_item as "stateItem",
  r.state_part as "statePart", r.state_flags as "stateFlags", r.has_state as "hasState", r.is_read as "isRead",
  r.changes, r.observed, r.fidelity, r.significance, r.link`

/** After every resourceVersion, which are below 2^53. */
export const endPlace = 2 ** 53

/** As the table orders revisions: null for what has no place. */
export function placeNumber(observation: Observation): number | null {
  const place = placeOf(observation)
  if (place === null) return null
  return place.isEnd ? endPlace : place.resourceVersion
}

/** In the order of the key and the part, whatever is compared: texts or rows. */
export function eventOf({ key, part }: Pick<Teller, 'key' | 'part'>): string {
  return `${key}.${String(part).padStart(5, '0')}`
}

export async function insertRevision(
  client: PoolClient,
  objectId: number,
  { revision, teller, state }: KeptRevision,
  changes: number,
): Promise<void> {
  const { observation, fidelity, significance, link } = revision
  await client.query({
    name: 'insert-revision',
    text: `
      insert into revision (object_id, place, time, key, part, earliest, latest, segment_id, item, flags,
        state_segment_id, state_item, state_part, state_flags, has_state, is_read, changes, observed, fidelity,
        significance, link)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)`,
    values: [
      objectId,
      placeNumber(observation),
      teller.time,
      teller.key,
      teller.part,
      observation.earliest,
      observation.latest,
      teller.segmentId,
      teller.item,
      teller.flags,
      state?.segmentId ?? null,
      state?.item ?? null,
      state?.part ?? null,
      state?.flags ?? null,
      observation.object !== null,
      observation.isRead,
      changes,
      observation.observed,
      fidelity,
      significance,
      JSON.stringify(link, (_, value: unknown) => (typeof value === 'string' ? storable(value) : value)),
    ],
  })
}

/** With what it changed. */
export async function deleteRevision(
  client: PoolClient,
  objectId: number,
  { time, key, part }: Pick<Teller, 'time' | 'key' | 'part'>,
): Promise<void> {
  await client.query({
    name: 'delete-revision',
    text: 'delete from revision where object_id = $1 and time = $2 and key = $3 and part = $4',
    values: [objectId, time, key, part],
  })
  await client.query({
    name: 'delete-changed-fields',
    text: 'delete from changed_field where object_id = $1 and time = $2 and key = $3 and part = $4',
    values: [objectId, time, key, part],
  })
}

/** Postgres keeps no NUL, and jsonb no half of a surrogate pair; both may stand in what a client sent. */
export function storable(text: string): string {
  return text.replaceAll('\0', '\u{fffd}').toWellFormed()
}
