// storedEvents: rows of the event table as answers, with every id replaced by what it stands for.

import { actorTypes, type FlagName, type StoredEvent } from '@plaintrail/event/event'
import { formatEventId } from '@plaintrail/event/identity'
import { kindOf } from '@plaintrail/event/resources'
import { sentence, type SentenceFacts } from '@plaintrail/event/sentence'
import { formatMicroTime } from '@plaintrail/event/time'
import { sql } from 'drizzle-orm'
import { classCode, decisionCode, flagsOf, levelCode, outcomeCode, stageCode } from './event-codes.ts'
import type { EventRecord } from './find-records.ts'
import type { Store } from './open-store.ts'
import { readDimensions, type Texts } from './read-dimensions.ts'
import { arrayOf, readRows } from './read-rows.ts'
import { remembered } from './remembered.ts'
import type { StageRecord } from './read-siblings.ts'

/** A row to show, and what is known about its request. */
export interface FoundEvent {
  readonly record: EventRecord
  /** First to last, the record's own among them. */
  readonly stages: readonly StageRecord[]
  readonly conflict: boolean
}

/** One answer for each, in their order. */
export async function storedEvents(store: Store, found: readonly FoundEvent[]): Promise<readonly StoredEvent[]> {
  if (found.length === 0) return []
  const records = found.map(({ record }) => record)
  const [texts, received] = await Promise.all([
    readDimensions(store, records),
    receivedUsOf(
      store,
      records.map(({ segmentId }) => segmentId),
    ),
  ])
  return found.map((event) => storedEvent(event, texts, received.get(event.record.segmentId) ?? 0))
}

/** The sentence that tells each row, in their order. */
export async function sentencesOf(store: Store, records: readonly EventRecord[]): Promise<readonly string[]> {
  if (records.length === 0) return []
  const texts = await readDimensions(store, records)
  return records.map((record) => sentenceOf(record, texts))
}

const receivedUsOf = remembered<number, number>(async (store, ids) => {
  const rows = await readRows<{ segmentId: number; receivedUs: number }>(
    store,
    sql`select s.segment_id as "segmentId", s.received_us as "receivedUs" from seal s
        where s.segment_id = any(${arrayOf('int8', ids)})`,
  )
  return rows.map(({ segmentId, receivedUs }) => [segmentId, receivedUs] as const)
})

function storedEvent({ record, stages, conflict }: FoundEvent, texts: Texts, receivedUs: number): StoredEvent {
  const flags = flagsOf(record.flags)
  const isOdd = flags.includes('oddTime')
  const [cluster = ''] = texts('cluster', record.clusterId)
  const words = wordsOf(record, texts)
  const object = objectOf(record, texts)
  return {
    id: eventId(record),
    time: isOdd ? null : formatMicroTime(record.time),
    seen: formatMicroTime(receivedUs),
    sentence: sentenceOf(record, texts),
    cluster,
    class: words.class,
    verb: words.verb,
    outcome: words.outcome,
    code: words.code,
    durationUs: isOdd || record.stageTime === null ? null : record.stageTime - record.time,
    actor: { ...words.actor, as: words.impersonated?.name ?? null, groups: groupsOf(record, texts) },
    source: sourceOf(record, texts),
    object: object && { ...object, subresource: object.subresource || null },
    path: object ? null : words.path,
    detail: record.detail,
    audit: {
      id: record.auditText ?? record.audit,
      stage: stageCode.word(record.stage),
      level: levelCode.word(record.level),
      truncated: flags.includes('truncated'),
      conflict,
    },
    authz: { decision: decisionCode.word(record.decision), reason: words.reason },
    flags,
    stages: stages.map((stage) => ({
      id: eventId(stage),
      stage: stageCode.word(stage.stage),
      time: stage.stageTime === null ? null : formatMicroTime(stage.stageTime),
      code: stage.code,
    })),
  }
}

function sentenceOf(record: EventRecord, texts: Texts): string {
  const object = objectOf(record, texts)
  return sentence({
    ...wordsOf(record, texts),
    flags: marksOf(flagsOf(record.flags)),
    object: object && { ...object, apiGroup: object.group },
  })
}

function eventId({ time, key }: { readonly time: number; readonly key: string }): string {
  return formatEventId(time, Buffer.from(key.replaceAll('-', ''), 'hex'))
}

/** What stands in the columns as it is, or as one text of a dimension. */
function wordsOf(record: EventRecord, texts: Texts): Omit<SentenceFacts, 'object' | 'flags'> {
  const [verb = ''] = texts('verb', record.verbId)
  const [reason = ''] = texts('reason', record.reasonId)
  const [name = '', type = ''] = texts('actor', record.actorId)
  const [impersonated = ''] = texts('actor', record.impersonatedId)
  const [, clientName = ''] = texts('client', record.clientId)
  return {
    verb,
    class: classCode.word(record.class),
    outcome: outcomeCode.word(record.outcome),
    code: record.code,
    reason,
    actor: { name, type: actorTypes.find((known) => known === type) ?? 'human' },
    impersonated: record.impersonatedId === null ? null : { name: impersonated },
    client: { name: clientName || null },
    // A row without a resource has its path in place of a name.
    path: record.name ?? '',
    detail: record.detail,
  }
}

function objectOf(record: EventRecord, texts: Texts) {
  if (record.resourceId === null) return null
  const [group = '', version = '', resource = '', subresource = ''] = texts('resource', record.resourceId)
  const [namespace = ''] = texts('namespace', record.namespaceId)
  const kind = kindOf(group, resource)
  return { group, version, resource, kind, namespace, name: record.name ?? '', uid: record.objectUid, subresource }
}

function sourceOf(record: EventRecord, texts: Texts): StoredEvent['source'] {
  const [peer = '', claimed = '[]'] = texts('source', record.sourceId)
  const [userAgent = '', name = '', version = ''] = texts('client', record.clientId)
  return {
    ip: peer === '' ? null : { value: peer, trust: 'verified' },
    claimed: listOf(claimed).map((value) => ({ value, trust: 'claimed' })),
    client: { name: name || null, version: version || null, userAgent, trust: 'claimed' },
  }
}

function groupsOf(record: EventRecord, texts: Texts): readonly string[] {
  const [names = '[]'] = texts('actor_groups', record.groupsId)
  return listOf(names)
}

/** A JSON array of texts, as event-rows.ts wrote it. */
function listOf(json: string): readonly string[] {
  const list: unknown = JSON.parse(json)
  return Array.isArray(list) ? list.filter((value) => typeof value === 'string') : []
}

function marksOf(flags: readonly FlagName[]): SentenceFacts['flags'] {
  return {
    ...(flags.includes('created') ? { created: true } : {}),
    ...(flags.includes('dryRun') ? { dryRun: true } : {}),
  }
}
