// readHistoryArrivals: what the next events of a lane tell about objects, in the order of their numbers.

import type { Observation } from '@plaintrail/history/observation'
import { sql } from 'drizzle-orm'
import { classCode, levelCode, outcomeCode, stageCode } from './event-codes.ts'
import { oddBeforeUs } from './event-stretches.ts'
import type { LaneStretch } from './find-arrivals.ts'
import type { Store } from './open-store.ts'
import { arrayOf, readRows } from './read-rows.ts'
import { storable, type Teller } from './revision-row.ts'
import type { RevisionSources } from './revision-sources.ts'
import { sealsOfNumbers } from './seals-of-numbers.ts'

export interface HistoryArrival {
  readonly uid: string
  readonly observation: Observation
  readonly teller: Teller
}

export interface ArrivalsOfLane {
  readonly arrivals: readonly HistoryArrival[]
  /** Up to here the numbers were read: less than asked for where their bytes or what they tell are many. */
  readonly last: number
}

/** What one batch tells: a list has up to 5,000 items, and what is past this waits for the next batch. */
const arrivalsMax = 5_000
/** A uid that is no plain text of this length is of no API server. */
const uidPattern = /^[\u{21}-\u{7e}]{1,128}$/u
const nameCharsMax = 1_000

/** Bytes are of events before they are parsed; one event is read whatever its size. */
export async function readHistoryArrivals(
  store: Store,
  stretch: LaneStretch,
  bytesMax: number,
  sources: RevisionSources,
): Promise<ArrivalsOfLane> {
  const arrivals: HistoryArrival[] = []
  let bytes = 0
  const rows = await rowsOf(store, stretch)
  await sources.readAhead(rows)
  for (const row of rows) {
    if (bytes > bytesMax || arrivals.length > arrivalsMax) return { arrivals, last: row.seq - 1 }
    const read = await sources.tell(row)
    bytes += read?.bytes ?? 0
    for (const [part, observation] of (read?.told.observations ?? []).entries()) {
      const { uid } = observation
      if (uid === null || !isUsable(observation)) continue
      arrivals.push({ uid, observation, teller: { ...row, part } })
    }
  }
  return { arrivals, last: stretch.last }
}

function isUsable({ uid, namespace, name, apiGroup, resource }: Observation): boolean {
  const texts = [namespace, name, apiGroup, resource]
  return (
    uid !== null &&
    uidPattern.test(uid) &&
    texts.every((text) => text.length <= nameCharsMax && storable(text) === text)
  )
}

interface NumberedRow {
  readonly seq: number
  readonly time: number
  readonly key: string
  readonly segmentId: number
  readonly item: number
  readonly flags: number
}

/**
 * Complete and successful; a read tells of objects only where its answer was logged. Events (Kubernetes' own) are left out:
 * they tell of other objects, nobody changes them, and they are every seventh write.
 */
async function rowsOf(store: Store, stretch: LaneStretch): Promise<readonly NumberedRow[]> {
  const seals = await sealsOfNumbers(store, [stretch])
  if (seals.length === 0) return []
  const usable = seals.filter(({ timeMin }) => timeMin !== null)
  const fromUs = usable.reduce((least, { timeMin }) => Math.min(least, timeMin ?? least), Number.MAX_SAFE_INTEGER)
  const toUs = usable.reduce((most, { timeMax }) => Math.max(most, timeMax ?? most), 0)
  const segments = arrayOf(
    'int8',
    seals.map(({ segmentId }) => segmentId),
  )
  return await readRows<NumberedRow & Record<string, unknown>>(
    store,
    sql`select e.seq, e.time, e.key::text as key, e.segment_id as "segmentId", e.item, e.flags
        from event e
        where e.segment_id = any(${segments})
          and ((e.time >= ${fromUs}::int8 and e.time <= ${toUs}::int8) or e.time < ${oddBeforeUs}::int8)
          and e.lane_id = ${stretch.laneId}::int4 and e.seq > ${stretch.after}::int8 and e.seq <= ${stretch.last}::int8
          and e.stage = ${stageCode.letter.ResponseComplete} and e.outcome = ${outcomeCode.letter.success}
          and e.resource_id is not null
          and e.resource_id not in (select r.id from resource r
            where r.resource = 'events' and r.api_group in ('', 'events.k8s.io'))
          and (e.class = ${classCode.letter.write}
            or (e.class = ${classCode.letter.read} and e.level = ${levelCode.letter.RequestResponse}))
        order by e.seq`,
  )
}
