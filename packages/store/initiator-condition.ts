// isInitiatedBy: events that somebody is behind, as a condition on `event e`: by the rows of event_initiator in the stretch
// that is read and, of those who act for themselves, by their own requests.

import { controllerNames, controllerOf } from '@plaintrail/history/controllers'
import type { Matches, Pattern } from '@plaintrail/query/ast'
import { sql, type SQL } from 'drizzle-orm'
import type { Stretch } from './event-stretches.ts'
import { isExact, patternMatches } from './pattern-matches.ts'
import { arrayOf } from './read-rows.ts'
import { anyOf, isOneOf, type Condition } from './term-condition.ts'
import { namesIn, type Ids } from './term-ids.ts'

/** What the index event_initiator_name has of a name, in characters. */
const indexedChars = 200

/** `ids` are of actors of these names who act for themselves. */
export function isInitiatedBy(term: Matches, ids: Ids, stretch: Stretch): Condition {
  const names = namesIn(term)
  const mayBeController = names.some((name) => !isExact(name) || controllerOf(name[0]) !== null)
  const isNamed =
    names.length > 0 &&
    isOneOfThese([...told(names, stretch), ofThemselves(isOneOf(sql`a.actor_id`, ids), mayBeController, stretch)])
  return names.length === term.values.length ? isNamed : anyOf([isNamed, isOfNobody(stretch)])
}

/** Most events by which many others are found are of nobody: each is looked at by itself. */
function isOfNobody(stretch: Stretch): SQL {
  const isPerson = sql`e.actor_id in (select t.id from actor t where t.type in ('human', 'service-account'))`
  const isOwn = sql`(${isPerson} and ${isNoController('e')} and ${isLookedAt('e')})`
  return sql`coalesce((select i.name = '' ${rowOf('e', stretch)}), not ${isOwn})`
}

/** As one list of events, so that Postgres may begin with it; of an `or` beside the row it could not. */
function isOneOfThese(events: readonly (SQL | false)[]): SQL {
  const some = events.filter((one) => one !== false)
  return sql`exists (select from (${sql.join(some, sql` union all `)}) x where x.time = e.time and x.key = e.key)`
}

/** Attribution found them to be behind it. */
function told(names: readonly Pattern[], stretch: Stretch): readonly SQL[] {
  const exact = names.filter(isExact)
  const globs = names.filter((name) => !isExact(name))
  const rows = sql`select i.time, i.key from event_initiator i where ${isIn('i', stretch)} and i.name <> ''`
  return [
    ...(exact.length === 0 ? [] : [sql`${rows} and ${isIndexed(exact)} and ${patternMatches(sql`i.name`, exact)}`]),
    ...(globs.length === 0 ? [] : [sql`${rows} and ${patternMatches(sql`i.name`, globs)}`]),
  ]
}

function isIndexed(names: readonly Pattern[]): SQL {
  const beginnings = names.map(([name]) => sql`left(${name}::text, ${indexedChars}::int4)`)
  return sql`left(i.name, ${sql.raw(String(indexedChars))}) = any(array[${sql.join(beginnings, sql`, `)}])`
}

/** Their own requests, of which attribution says nothing else. */
function ofThemselves(isActor: Condition, mayBeController: boolean, stretch: Stretch): SQL | false {
  if (isActor === false) return false
  // Of a join Postgres would read all rows of the days; so it looks up one for each of their requests.
  const isElse = sql`(select true ${rowOf('a', stretch)})`
  return sql`select a.time, a.key from event a
    where ${isIn('a', stretch)} and ${isActor} and ${mayBeController ? isNoController('a') : sql`true`}
      and ${isLookedAt('a')} and ${isElse} is null`
}

type EventTable = 'e' | 'a'

/** What a controller does in the name of another is its own, as of everybody. */
function isNoController(event: EventTable): SQL {
  return sql`(${column(event, 'impersonated_id')} is not null or ${column(event, 'actor_id')} not in (
    select c.id from actor c where c.name = any(${arrayOf('text', controllerNames)})))`
}

/** Whose token an account uses is not known before it was looked for; of a person it is not. */
function isLookedAt(event: EventTable): SQL {
  return sql`(${column(event, 'seq')} < (
      select d.next_seq from attribution_position d where d.lane_id = ${column(event, 'lane_id')})
    or exists (select from actor t where t.id = ${column(event, 'actor_id')} and t.type = 'human'))`
}

/** What attribution says of the event, where it says something that the event alone does not. */
function rowOf(event: EventTable, stretch: Stretch): SQL {
  return sql`from event_initiator i
    where i.time = ${column(event, 'time')} and i.key = ${column(event, 'key')} and ${isIn('i', stretch)}`
}

const column = (event: EventTable, name: string): SQL => sql.raw(`${event}.${name}`)

/** Partitions are left out by these bounds alone. */
function isIn(table: EventTable | 'i', { fromUs, toUs }: Stretch): SQL {
  return sql`${sql.raw(table)}.time >= ${fromUs}::int8 and ${sql.raw(table)}.time < ${toUs}::int8`
}
