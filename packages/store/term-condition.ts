// termCondition: one term of a query as a condition on `event e`, where its names are ids already.

import {
  flagNames,
  type EventClass,
  type FlagName,
  type Level,
  type Outcome,
  type Stage,
} from '@plaintrail/event/event'
import type { Matches, Range, Within } from '@plaintrail/query/ast'
import { SQL, sql } from 'drizzle-orm'
import { auditUuid, uuidBytes } from './audit-uuid.ts'
import { classCode, flagBits, levelCode, outcomeCode, stageCode, type Code } from './event-codes.ts'
import { patternMatches } from './pattern-matches.ts'
import { arrayOf } from './read-rows.ts'
import { actorTypesOf, flagsOf } from '@plaintrail/query/is-words'
import { namesIn, wordsIn, type Ids } from './term-ids.ts'

/** False where no event can meet it, because nothing of the name asked for was ever stored. */
export type Condition = SQL | false

/** Of how many rows a condition is asked: few where another one, by an index, has found them. */
export type Rows = 'many' | 'few'

const idsShownMax = 16

/** May be null, which is not true, where an event lacks what is asked for. */
export function termCondition(term: Matches | Within, ids: Ids, rows: Rows = 'many'): Condition {
  return term.kind === 'matches' ? hasOneOf(term, ids, rows) : isWithin(term)
}

function hasOneOf(term: Matches, ids: Ids, rows: Rows): Condition {
  switch (term.key) {
    case 'cluster':
      return isOneOf(sql`e.cluster_id`, ids)
    case 'actor':
      return isOneOf(sql`e.actor_id`, ids, rows)
    case 'as':
      return orNone(term, isOneOf(sql`e.impersonated_id`, ids, rows), sql`e.impersonated_id is null`)
    case 'group':
      return isOneOf(sql`e.groups_id`, ids, rows)
    case 'is':
      return is(term, ids, rows)
    case 'verb':
      return isOneOf(sql`e.verb_id`, ids)
    case 'class':
      return isLetter<EventClass>(sql`e.class`, classCode, term)
    case 'outcome':
      return isLetter<Outcome>(sql`e.outcome`, outcomeCode, term)
    case 'stage':
      return isLetter<Stage>(sql`e.stage`, stageCode, term)
    case 'level':
      return isLetter<Level>(sql`e.level`, levelCode, term)
    case 'kind':
    case 'sub':
      return isOneOf(sql`e.resource_id`, ids)
    case 'ns':
      return orNone(term, isOneOf(sql`e.namespace_id`, ids), isClusterScoped)
    case 'name':
      return orNone(term, isNamed(term), sql`e.name is null and e.resource_id is not null`)
    case 'uid':
      return isUid(term)
    case 'reason':
      return isOneOf(sql`e.reason_id`, ids, rows)
    case 'client':
    case 'user-agent':
      return isOneOf(sql`e.client_id`, ids, rows)
    case 'ip':
    case 'claimed':
      return isOneOf(sql`e.source_id`, ids, rows)
    case 'audit':
      return isAudit(term)
    case 'changed':
    case 'to':
    case 'from_value':
    case 'image':
      throw new RangeError(`could not ask a row for ${term.key}: changed-condition.ts does`)
    case 'initiator':
      throw new RangeError(`could not ask a row for ${term.key}: initiator-condition.ts does`)
    case 'rule':
    case 'vio':
    case 'severity':
    case 'control':
      throw new RangeError(`could not ask a row for ${term.key}: finding-condition.ts does`)
    default:
      return term.key satisfies never
  }
}

/** The API server gives a Namespace, which stands in none, its own name as its namespace. */
const isClusterScoped = sql`e.resource_id is not null and (e.namespace_id is null or e.resource_id in (
  select r.id from resource r where r.api_group = '' and r.resource = 'namespaces'))`

/** The empty value among the others asks for events that have none. */
function orNone(term: Matches, named: Condition, hasNone: SQL): Condition {
  if (namesIn(term).length === term.values.length) return named
  return anyOf([named, hasNone])
}

function isNamed(term: Matches): Condition {
  const names = namesIn(term)
  return names.length > 0 && patternMatches(sql`e.name`, names)
}

function is(term: Matches, ids: Ids, rows: Rows): Condition {
  const words = wordsIn(term)
  const flags = flagsOf(words)
  return anyOf([
    actorTypesOf(words).length > 0 && isOneOf(sql`e.actor_id`, ids, rows),
    words.includes('impersonated') && sql`e.impersonated_id is not null`,
    flags.length > 0 && hasFlag(...flags),
    words.includes('chosen-id') && sql`e.audit_text is not null`,
  ])
}

function hasFlag(...flags: readonly FlagName[]): SQL {
  const bits = flagBits(
    Object.fromEntries(flagNames.filter((name) => flags.includes(name)).map((name) => [name, true])),
  )
  return sql`e.flags & ${bits}::int4 <> 0`
}

function isUid({ values }: Matches): Condition {
  const uids = values.flatMap(([text]) => (uuidBytes(text) === null ? [] : [text]))
  return uids.length > 0 && sql`e.object_uid = any(${arrayOf('uuid', uids)})`
}

/** What is no UUID is found by its digest and compared as it was sent. */
function isAudit({ values }: Matches): Condition {
  const texts = values.map(([text]) => text)
  const plain = texts.filter((text) => uuidBytes(text) !== null)
  const others = texts.filter((text) => uuidBytes(text) === null)
  return anyOf([
    plain.length > 0 && sql`(${isOneUuid(plain)} and e.audit_text is null)`,
    others.length > 0 &&
      sql`(${isOneUuid(others.map((text) => auditUuid(text).toString('hex')))}
        and e.audit_text = any(${arrayOf('text', others)}))`,
  ])
}

/** Of one Postgres plans half as long as of a list of one. */
function isOneUuid(uuids: readonly string[]): SQL {
  return uuids.length === 1 ? sql`e.audit = ${uuids[0]}::uuid` : sql`e.audit = any(${arrayOf('uuid', uuids)})`
}

function isWithin({ key, values }: Within): SQL {
  switch (key) {
    case 'code':
      return isInOneOf(sql`e.code`, values)
    case 'took':
      return sql`${hasTime} and ${isInOneOf(sql`(e.stage_time - e.time)`, values)}`
    case 'created':
      return sql`${hasTime} and ${isInOneOf(sql`e.time`, values)}`
    case 'seen':
      return sql`exists (select from seal s where s.segment_id = e.segment_id and ${isInOneOf(sql`s.received_us`, values)})`
    default:
      return key satisfies never
  }
}

/** The time of an event that has no usable one is 0, and no time at all. */
const hasTime = sql`not (${hasFlag('oddTime')})`

function isInOneOf(number: SQL, ranges: readonly Range[]): SQL {
  const conditions = ranges.map(({ min, max }) => {
    const from = min === null ? null : sql`${number} >= ${min}::int8`
    const to = max === null ? null : sql`${number} <= ${max}::int8`
    return sql.join(
      [from, to].filter((end) => end !== null),
      sql` and `,
    )
  })
  return sql`(${sql.join(conditions, sql` or `)})`
}

export const always = sql`true`

export function allOf(conditions: readonly Condition[]): Condition {
  const possible = conditions.filter((condition) => condition !== false)
  if (possible.length < conditions.length) return false
  return possible.length === 0 ? always : sql`(${sql.join(possible, sql` and `)})`
}

export function anyOf(conditions: readonly Condition[]): Condition {
  const [first, ...more] = conditions.filter((condition) => condition !== false)
  if (first === undefined) return false
  return more.length === 0 ? first : sql`(${sql.join([first, ...more], sql` or `)})`
}

/**
 * Postgres weighs each id of a list for each partition: 300 people cost 1 ms a day that is asked about. Where the rows are
 * few it is not shown a long list, which it then compares one by one, 1 µs a row, where it would have hashed it.
 */
export function isOneOf(column: SQL, ids: Ids, rows: Rows = 'many'): Condition {
  if (ids instanceof SQL) return sql`${column} in (${ids})`
  if (ids.length === 0) return false
  if (ids.length === 1) return sql`${column} = ${ids[0]}`
  const list = arrayOf('int4', ids)
  return rows === 'few' && ids.length > idsShownMax
    ? sql`${column} = any((select ${list})::int4[])`
    : sql`${column} = any(${list})`
}

function isLetter<Word extends string>(column: SQL, code: Code<Word>, { values }: Matches): Condition {
  const letters = new Map<string, string>(Object.entries(code.letter))
  const asked = values.map(([value]) => letters.get(value)).filter((letter) => letter !== undefined)
  if (asked.length === 0) return false
  return asked.length === 1 ? sql`${column} = ${asked[0]}::"char"` : sql`${column} = any(${arrayOf('"char"', asked)})`
}
