// looseWrites: writes to an object whose place among its states is not known: their answers do not show it.

import type { Level } from '@plaintrail/event/event'
import { sql, type SQL } from 'drizzle-orm'
import { classCode, flagBits, levelCode, outcomeCode, stageCode } from './event-codes.ts'
import type { NamedHistory } from './named-history.ts'
import type { Store } from './open-store.ts'
import { arrayOf, readRows } from './read-rows.ts'
import { isNoReportText } from './revision-letters.ts'
import { revisionColumns, type RevisionRow } from './revision-row.ts'
import { eventIdOf, toldRevision, type ToldRevision } from './told-revision.ts'

/** One write. */
export interface LooseWrite extends ToldRevision {
  /** Null where no body and no reference says it. */
  readonly uid: string | null
  /** 16 bytes in hex, as a UUID is written. */
  readonly key: string
}

export interface LooseQuestion {
  /** Microseconds since 1970; the second not included. */
  readonly sinceUs: number
  readonly untilUs: number
  /** Only older ones: by time, and by key within one. */
  readonly before: { readonly timeUs: number; readonly key: string } | null
  readonly limit: number
  /** Also those that write status alone. */
  readonly withStatus: boolean
}

const dryRun = flagBits({ dryRun: true })
const logsNoAnswer = [levelCode.letter.Metadata, levelCode.letter.Request]
const statusOnly = ['status', 'approval']

/**
 * Newest first: writes of which history knows the uid and no version, and those of which it knows neither (most at level
 * Metadata), which are found among the events by the object's name, as far as no revision was made of them.
 */
export async function looseWrites(
  store: Store,
  history: NamedHistory,
  question: LooseQuestion,
): Promise<readonly LooseWrite[]> {
  const [kept, others] = await Promise.all([
    unplacedRevisions(store, history, question),
    unchainedEvents(store, history, question),
  ])
  return [...kept, ...others].toSorted(newestFirst).slice(0, question.limit)
}

export function newestFirst(a: Pick<LooseWrite, 'timeUs' | 'key'>, b: Pick<LooseWrite, 'timeUs' | 'key'>): number {
  return b.timeUs - a.timeUs || (a.key < b.key ? 1 : a.key > b.key ? -1 : 0)
}

async function unplacedRevisions(
  store: Store,
  { objectIds }: NamedHistory,
  { sinceUs, untilUs, before, limit, withStatus }: LooseQuestion,
): Promise<readonly LooseWrite[]> {
  if (objectIds.length === 0) return []
  const older = before === null ? sql`true` : sql`(r.time, r.key) < (${before.timeUs}::int8, ${before.key}::uuid)`
  const rows = await readRows<RevisionRow & { uid: string } & Record<string, unknown>>(
    store,
    sql`select ${sql.raw(revisionColumns)}, o.uid from revision r join history_object o on o.id = r.object_id
        where r.object_id = any(${arrayOf('int8', objectIds)}) and r.place is null
          and r.time >= ${sinceUs}::int8 and r.time < ${untilUs}::int8 and ${older}
          and ${withStatus ? sql`true` : sql.raw(isNoReportText)}
        order by r.time desc, r.key desc limit ${limit}`,
  )
  return rows.map((row) => ({ ...toldRevision(row, []), timeUs: row.earliest, uid: row.uid, key: row.key }))
}

interface EventRow {
  readonly time: number
  readonly key: string
  readonly level: string
  readonly verb: string
  readonly subresource: string
  readonly uid: string | null
}

async function unchainedEvents(
  store: Store,
  history: NamedHistory,
  { sinceUs, untilUs, before, limit, withStatus }: LooseQuestion,
): Promise<readonly LooseWrite[]> {
  const older = before === null ? sql`true` : sql`(e.time, e.key) < (${before.timeUs}::int8, ${before.key}::uuid)`
  const rows = await readRows<EventRow & Record<string, unknown>>(
    store,
    sql`select e.time, e.key::text as key, e.level, v.name as verb, s.subresource, e.object_uid::text as uid
        from event e join verb v on v.id = e.verb_id join resource s on s.id = e.resource_id
        where ${isUnchained(history)} and e.time >= ${sinceUs}::int8 and e.time < ${untilUs}::int8 and ${older}
          and ${withStatus ? sql`true` : sql`not s.subresource = any(${arrayOf('text', statusOnly)})`}
        order by e.time desc, e.key desc limit ${limit}`,
  )
  return rows.map(looseEvent)
}

/** A condition on `event e`. Of an event whose answer was logged history knows all that there is to know. */
function isUnchained({ named, keys, objectIds }: NamedHistory): SQL {
  return sql`e.object_key = any(${arrayOf('int8', keys.map(String))})
    and e.cluster_id = ${named.cluster.id}::int4 and e.name = ${named.name}
    and e.level = any(${arrayOf('"char"', logsNoAnswer)}) and e.class = ${classCode.letter.write}
    and e.stage = ${stageCode.letter.ResponseComplete} and e.outcome = ${outcomeCode.letter.success}
    and e.flags & ${dryRun}::int4 = 0
    and not exists (select from revision r
      where r.object_id = any(${arrayOf('int8', objectIds)}) and r.time = e.time and r.key = e.key)`
}

function looseEvent({ time, key, level, verb, subresource, uid }: EventRow): LooseWrite {
  const word: Level = levelCode.word(level)
  const isPatch = word === 'Request' && verb === 'patch'
  return {
    event: eventIdOf({ time, key }),
    timeUs: time,
    key,
    uid,
    resourceVersion: null,
    observed: verb === 'delete' ? 'deleting' : isPatch ? 'patch-only' : 'metadata-only',
    isRead: false,
    fidelity: isPatch ? 'derived' : 'metadata-only',
    significance: significanceOf(verb, subresource),
    link: {
      adjacency: 'broken',
      reasons: [{ kind: 'state-unknown', isCertain: true, says: noAnswer }],
      unseenMin: 0,
      fills: [],
    },
    changes: [],
    changesCount: 0,
  }
}

/** What the request alone says. */
function significanceOf(verb: string, subresource: string): LooseWrite['significance'] {
  if (statusOnly.includes(subresource)) return 'status'
  if (subresource !== '') return 'unknown'
  return verb === 'create' ? 'created' : verb === 'delete' ? 'deleting' : 'unknown'
}

const noAnswer = 'the audit policy logs no answer here, so neither the state nor its version is known'

/** Whether any event names the object, whatever came of it. */
export async function isNamed(store: Store, { named, keys }: NamedHistory): Promise<boolean> {
  const rows = await readRows(
    store,
    sql`select 1 from event e where e.object_key = any(${arrayOf('int8', keys.map(String))})
        and e.cluster_id = ${named.cluster.id}::int4 and e.name = ${named.name} limit 1`,
  )
  return rows.length > 0
}
