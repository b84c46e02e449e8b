// Events as rows: each batch becomes one binary array a column, in the order of the unique key.

import { crc32 } from 'node:zlib'
import type { Event } from '@plaintrail/event/event'
import { auditUuid, uuidBytes } from './audit-uuid.ts'
import { charArray, int2Array, int4Array, int8Array, textArray, uuidArray } from './binary-arrays.ts'
import type { Dimension, Dimensions } from './dimensions.ts'
import { classCode, decisionCode, flagBits, levelCode, outcomeCode, stageCode } from './event-codes.ts'
import type { Lane } from './lanes.ts'
import { objectKey } from './object-key.ts'
import { createPathCache } from './path-cache.ts'

export interface EventRow {
  readonly event: Event
  /** 16 bytes: eventKey of packages/event/identity.ts. */
  readonly key: Buffer
  readonly segmentId: number
  readonly item: number
  readonly bytes: number
  readonly clusterUid: string
  readonly lane: Lane
  /** Which of the batch's fresh events of this lane it is, from 0. */
  ordinal: number
}

/** One array a column, in the order of insert-batch.ts. Makes the ids that dimensions lack. */
export async function encodeRows(rows: readonly EventRow[], dimensions: Dimensions): Promise<readonly Buffer[]> {
  const ordered = inKeyOrder(rows)
  dimensions.trim()
  objectKeys.trim()
  for (;;) {
    const ids = dimensionIds(ordered, dimensions)
    if (ids) return encodeColumns(ordered, ids)
    await dimensions.resolve()
  }
}

/** Rows that are inserted in different orders by two workers deadlock: measured 20 times in 20. */
function inKeyOrder(rows: readonly EventRow[]): readonly EventRow[] {
  return rows.toSorted((a, b) => a.event.time - b.event.time || Buffer.compare(a.key, b.key))
}

function encodeColumns(rows: readonly EventRow[], ids: readonly Buffer[]): readonly Buffer[] {
  const pick = <T>(read: (event: Event, row: EventRow) => T): T[] => rows.map((row) => read(row.event, row))
  return [
    int8Array(pick((event) => event.time)),
    int8Array(pick((event) => event.stageTime)),
    int8Array(pick((_, row) => row.segmentId)),
    int4Array(pick((_, row) => row.ordinal)),
    int8Array(pick((event, row) => keyOfObject(event, row.clusterUid))),
    int4Array(pick((_, row) => row.lane.id)),
    int4Array(pick((_, row) => row.item)),
    int4Array(pick((_, row) => row.lane.clusterId)),
    ...ids,
    int4Array(pick((event) => crc32(event.requestURI) | 0)),
    int4Array(pick((event) => flagBits(event.flags))),
    int2Array(pick((event) => event.code)),
    charArray(pick((event) => stageCode.letter[event.stage])),
    charArray(pick((event) => levelCode.letter[event.level])),
    charArray(pick((event) => classCode.letter[event.class])),
    charArray(pick((event) => outcomeCode.letter[event.outcome])),
    charArray(pick((event) => decisionCode.letter[event.decision])),
    uuidArray(pick((_, row) => row.key)),
    uuidArray(pick((event) => auditUuid(event.auditID))),
    uuidArray(pick((event) => uuidBytes(event.object?.uid ?? ''))),
    textArray(pick((event) => event.object?.name || (event.object ? null : event.path))),
    textArray(pick((event) => (uuidBytes(event.auditID) ? null : event.auditID))),
    textArray(pick((event) => event.detail)),
  ]
}

/** Null when a dimension lacks an id. */
function dimensionIds(rows: readonly EventRow[], dimensions: Dimensions): readonly Buffer[] | null {
  let complete = true
  const column = (dimension: Dimension, read: (event: Event) => readonly string[] | null): Buffer =>
    int4Array(
      rows.map(({ event }) => {
        const path = read(event)
        if (path === null) return null
        const id = dimensions.id(dimension, path)
        if (id === 0) complete = false
        return id
      }),
    )
  const columns = [
    column('actor', ({ actor }) => [actor.name, actor.type]),
    column('actor', ({ impersonated }) => impersonated && [impersonated.name, impersonated.type]),
    column('actor_groups', ({ actor }) => actor.groups),
    column('client', ({ client }) => [client.userAgent, client.name ?? '', client.version ?? '']),
    column('source', ({ source }) => [source.peer ?? '', ...source.claimed]),
    column(
      'resource',
      ({ object }) => object && [object.apiGroup, object.apiVersion, object.resource, object.subresource],
    ),
    column('namespace', ({ object }) => (object && object.namespace !== '' ? [object.namespace] : null)),
    column('reason', ({ reason }) => (reason === '' ? null : [reason])),
    column('verb', ({ verb }) => [verb]),
  ]
  return complete ? columns : null
}

/** Objects repeat, and a digest costs more than a look-up. */
const objectKeysMax = 200_000
const objectKeys = createPathCache<bigint>(objectKeysMax)

function keyOfObject(event: Event, clusterUid: string): bigint | null {
  const { object } = event
  if (!object || object.name === '') return null
  const path = [clusterUid, object.apiGroup, object.resource, object.namespace, object.name]
  const known = objectKeys.get(path)
  if (known !== undefined) return known
  const key = objectKey({ cluster: clusterUid, ...object })
  objectKeys.set(path, key)
  return key
}
