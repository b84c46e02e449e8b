// RevisionRow: a row of the table of revisions, and the statements that write them and take them away.

import type { Observation } from '@plaintrail/history/observation'
import { placeOf, type Link, type Revision } from '@plaintrail/history/revision'
import type { PoolClient } from 'pg'
import { uuidBytes } from './audit-uuid.ts'
import { boolArray, charArray, int2Array, int4Array, int8Array, textArray, uuidArray } from './binary-arrays.ts'
import {
  fidelityLetters,
  linkColumns,
  linkText,
  observedLetters,
  significanceLetters,
  wordsText,
} from './revision-letters.ts'

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
  r.object_id as "objectId", r.place, r.time, r.key::text as key, r.part, r.time as earliest, r.latest,
  r.segment_id as "segmentId", r.item, r.flags, r.state_segment_id as "stateSegmentId", r.state_item as "stateItem",
  r.state_part as "statePart", r.state_flags as "stateFlags", r.has_state as "hasState", r.is_read as "isRead",
  r.changes, ${wordsText('r.observed', observedLetters)} as observed, ${wordsText('r.fidelity', fidelityLetters)} as fidelity,
  ${wordsText('r.significance', significanceLetters)} as significance, ${linkText} as link`

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

/** As it will be read again; what it changed is not counted yet. */
export function rowOf(objectId: number, { revision, teller, state }: KeptRevision): RevisionRow {
  const { observation, fidelity, significance, link } = revision
  const { time, key, part, segmentId, item, flags } = teller
  return {
    objectId,
    place: placeNumber(observation),
    time,
    key,
    part,
    // An observation begins when its event's request was received, and so nothing of its own is stored.
    earliest: time,
    latest: observation.latest,
    segmentId,
    item,
    flags,
    stateSegmentId: state?.segmentId ?? null,
    stateItem: state?.item ?? null,
    statePart: state?.part ?? null,
    stateFlags: state?.flags ?? null,
    hasState: observation.object !== null,
    isRead: observation.isRead,
    changes: 0,
    observed: observation.observed,
    fidelity,
    significance,
    link,
  }
}

type Column = readonly [name: string, type: string, encode: (rows: readonly RevisionRow[]) => Buffer]

const columns: readonly Column[] = [
  ['object_id', 'int8', (rows) => int8Array(rows.map(({ objectId }) => objectId))],
  ['place', 'int8', (rows) => int8Array(rows.map(({ place }) => place))],
  ['time', 'int8', (rows) => int8Array(rows.map(({ time }) => time))],
  ['latest', 'int8', (rows) => int8Array(rows.map(({ latest }) => latest))],
  ['segment_id', 'int8', (rows) => int8Array(rows.map(({ segmentId }) => segmentId))],
  ['state_segment_id', 'int8', (rows) => int8Array(rows.map(({ stateSegmentId }) => stateSegmentId))],
  ['key', 'uuid', (rows) => uuidArray(rows.map(({ key }) => uuidBytes(key)))],
  ['item', 'int4', (rows) => int4Array(rows.map(({ item }) => item))],
  ['flags', 'int4', (rows) => int4Array(rows.map(({ flags }) => flags))],
  ['state_item', 'int4', (rows) => int4Array(rows.map(({ stateItem }) => stateItem))],
  ['state_flags', 'int4', (rows) => int4Array(rows.map(({ stateFlags }) => stateFlags))],
  ['state_part', 'int2', (rows) => int2Array(rows.map(({ statePart }) => statePart))],
  ['part', 'int2', (rows) => int2Array(rows.map(({ part }) => part))],
  ['changes', 'int2', (rows) => int2Array(rows.map(({ changes }) => changes))],
  ['observed', '"char"', (rows) => charArray(rows.map(({ observed }) => observedLetters[observed]))],
  ['fidelity', '"char"', (rows) => charArray(rows.map(({ fidelity }) => fidelityLetters[fidelity]))],
  ['significance', '"char"', (rows) => charArray(rows.map(({ significance }) => significanceLetters[significance]))],
  ['linked', '"char"', (rows) => charArray(rows.map(({ link }) => linkColumns(link).linked))],
  ['has_state', 'bool', (rows) => boolArray(rows.map(({ hasState }) => hasState))],
  ['is_read', 'bool', (rows) => boolArray(rows.map(({ isRead }) => isRead))],
  ['link', 'text', (rows) => textArray(rows.map(({ link }) => jsonOf(linkColumns(link).link)))],
]
const columnNames = columns.map(([name]) => name).join(', ')
const columnArrays = columns.map(([, type], index) => `$${index + 1}::${type}[]`).join(', ')

export async function insertRevisions(client: PoolClient, rows: readonly RevisionRow[]): Promise<void> {
  if (rows.length === 0) return
  await client.query({
    name: 'insert-revisions',
    text: `insert into revision (${columnNames})
           select ${columnNames.replace(/\blink\b/, 'link::jsonb')} from unnest(${columnArrays}) as i (${columnNames})`,
    values: columns.map(([, , encode]) => encode(rows)),
  })
}

/** With what they changed. Unnamed where days are left out, so that Postgres leaves them out when it plans. */
export async function deleteRevisions(client: PoolClient, rows: readonly RevisionRow[]): Promise<void> {
  if (rows.length === 0) return
  const keys = [
    rows.map(({ objectId }) => objectId),
    rows.map(({ time }) => time),
    rows.map(({ key }) => key),
    rows.map(({ part }) => part),
  ]
  const isOne = (alias: string): string => `${alias}.object_id = i.object_id and ${alias}.time = i.time
    and ${alias}.key = i.key and ${alias}.part = i.part`
  const given = 'unnest($1::int8[], $2::int8[], $3::uuid[], $4::int4[]) as i (object_id, time, key, part)'
  await client.query({
    name: 'delete-revisions',
    text: `delete from revision r using ${given} where ${isOne('r')}`,
    values: keys,
  })
  const from = rows.reduce((least, { time }) => Math.min(least, time), Infinity)
  const to = rows.reduce((most, { time }) => Math.max(most, time), 0)
  await client.query({
    text: `delete from changed_field f using ${given} where ${isOne('f')} and f.time >= $5::int8 and f.time <= $6::int8`,
    values: [...keys, from, to],
  })
}

function jsonOf(link: Link | null): string | null {
  if (link === null) return null
  return JSON.stringify(link, (_, value: unknown) => (typeof value === 'string' ? storable(value) : value))
}

/** Postgres keeps no NUL, and jsonb no half of a surrogate pair; both may stand in what a client sent. */
export function storable(text: string): string {
  return text.replaceAll('\0', '\u{fffd}').toWellFormed()
}
