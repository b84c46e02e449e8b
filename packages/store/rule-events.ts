// ruleEvents: the next events of a lane as their rows tell them, which is enough to leave most rules out without their bytes.

import type { Event } from '@plaintrail/event/event'
import { formatEventId } from '@plaintrail/event/identity'
import { sql } from 'drizzle-orm'
import { classCode, decisionCode, flagsOf, levelCode, outcomeCode, stageCode } from './event-codes.ts'
import { oddBeforeUs } from './event-stretches.ts'
import type { LaneStretch } from './find-arrivals.ts'
import { recordColumns, type EventRecord } from './find-records.ts'
import type { Store } from './open-store.ts'
import { arrayOf, readRows } from './read-rows.ts'
import { createEventTexts, type EventTexts } from './rule-event-texts.ts'
import type { HandedEvents } from './handed-events.ts'
import { sealsOfNumbers } from './seals-of-numbers.ts'

export interface RuleEvent {
  readonly seq: number
  readonly id: string
  readonly record: RuleRecord
  /** Of an event with an object `requestURI` and `path` are empty, and so are the groups of whom it acted as. */
  readonly told: Event
  /** When the receiver took it in, in microseconds since 1970. */
  readonly receivedUs: number
}

/** Of a row, what is asked for beside what it tells. */
export type RuleRecord = Pick<
  EventRecord,
  | 'time'
  | 'key'
  | 'stageTime'
  | 'segmentId'
  | 'item'
  | 'clusterId'
  | 'uriHash'
  | 'flags'
  | 'stage'
  | 'audit'
  | 'auditText'
>

interface RuleEventSources {
  readonly texts?: EventTexts
  readonly handed?: HandedEvents | null
}

/** By their numbers, from memory as far as they were handed over. What retention took is left out. */
export async function ruleEvents(
  store: Store,
  stretch: LaneStretch,
  { texts = createEventTexts(store), handed = null }: RuleEventSources = {},
): Promise<readonly RuleEvent[]> {
  const events: RuleEvent[] = []
  let { after } = stretch
  for (const event of handed?.take(stretch) ?? []) {
    if (event.seq > after + 1)
      events.push(...(await readEvents(store, { ...stretch, after, last: event.seq - 1 }, texts)))
    events.push(event)
    after = event.seq
  }
  if (after < stretch.last) events.push(...(await readEvents(store, { ...stretch, after }, texts)))
  return events
}

async function readEvents(store: Store, stretch: LaneStretch, texts: EventTexts): Promise<readonly RuleEvent[]> {
  return await toldEvents(await rowsOf(store, stretch), texts)
}

/** A row of the event table with its number in its lane. */
export type NumberedRow = EventRecord & { readonly seq: number; readonly receivedUs: number }

/** In their order. */
export async function toldEvents(rows: readonly NumberedRow[], texts: EventTexts): Promise<readonly RuleEvent[]> {
  await texts.know(rows)
  return rows.map((record) => {
    let id: string | null = null
    return {
      seq: record.seq,
      // Of most events nobody asks for it, and of some several times.
      get id() {
        return (id ??= formatEventId(record.time, Buffer.from(record.key.replaceAll('-', ''), 'hex')))
      },
      record,
      told: toldBy(record, texts),
      receivedUs: record.receivedUs,
    }
  })
}

async function rowsOf(store: Store, stretch: LaneStretch): Promise<readonly NumberedRow[]> {
  const seals = await sealsOfNumbers(store, [stretch])
  if (seals.length === 0) return []
  const fromUs = seals.reduce((least, { timeMin }) => Math.min(least, timeMin ?? least), Number.MAX_SAFE_INTEGER)
  const toUs = seals.reduce((most, { timeMax }) => Math.max(most, timeMax ?? most), 0)
  const segments = arrayOf(
    'int8',
    seals.map(({ segmentId }) => segmentId),
  )
  return await readRows<NumberedRow & Record<string, unknown>>(
    store,
    sql`select ${recordColumns}, e.seq, s.received_us as "receivedUs"
        from event e join seal s on s.segment_id = e.segment_id and s.segment_id = any(${segments})
        where e.segment_id = any(${segments})
          and ((e.time >= ${fromUs}::int8 and e.time <= ${toUs}::int8) or e.time < ${oddBeforeUs}::int8)
          and e.lane_id = ${stretch.laneId}::int4 and e.seq > ${stretch.after}::int8 and e.seq <= ${stretch.last}::int8
        order by e.seq`,
  )
}

/** What normalize made of it, as far as the row has it. */
function toldBy(record: EventRecord, texts: EventTexts): Event {
  const path = record.resourceId === null ? (record.name ?? '') : ''
  const { actorId, impersonatedId, reasonId } = record
  const impersonated = impersonatedId === null ? null : texts.actor(impersonatedId)
  const actor = texts.actor(actorId)
  return {
    auditID: record.auditText ?? record.audit,
    stage: stageCode.word(record.stage),
    level: levelCode.word(record.level),
    time: record.time,
    stageTime: record.stageTime,
    verb: texts.verb(record.verbId),
    class: classCode.word(record.class),
    outcome: outcomeCode.word(record.outcome),
    code: record.code,
    decision: decisionCode.word(record.decision),
    reason: reasonId === null ? '' : texts.reason(reasonId),
    actor: { name: actor.name, type: actor.type, groups: texts.groups(record.groupsId) },
    impersonated: impersonated && { name: impersonated.name, type: impersonated.type, groups: [] },
    source: texts.source(record.sourceId),
    client: texts.client(record.clientId),
    requestURI: path,
    object: objectOf(record, texts),
    path,
    detail: record.detail,
    flags: flagSet(record.flags),
  }
}

function objectOf({ resourceId, namespaceId, name, objectUid }: EventRecord, texts: EventTexts): Event['object'] {
  if (resourceId === null) return null
  const { apiGroup, apiVersion, resource, subresource } = texts.resource(resourceId)
  const namespace = namespaceId === null ? '' : texts.namespace(namespaceId)
  return { apiGroup, apiVersion, resource, subresource, namespace, name: name ?? '', uid: objectUid }
}

const noFlags: Event['flags'] = {}

function flagSet(bits: number): Event['flags'] {
  return bits === 0 ? noFlags : Object.fromEntries(flagsOf(bits).map((flag) => [flag, true as const]))
}
