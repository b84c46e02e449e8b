// findActors: who asked for the requests that match, the last one first, with what each asked for and from where.

import {
  actorTypes,
  eventClasses,
  outcomes,
  type ActorType,
  type EventClass,
  type Outcome,
} from '@plaintrail/event/event'
import { formatMicroTime } from '@plaintrail/event/time'
import type { Scope } from '@plaintrail/query/scope'
import type { Snapshot } from '@plaintrail/query/snapshot'
import { sql, type SQL } from 'drizzle-orm'
import { actorId, parseActorId } from './actor-id.ts'
import { countAtOnce, type Counted, type CountQuestion } from './count-requests.ts'
import { classCode, outcomeCode } from './event-codes.ts'
import { knownEventDays } from './event-days.ts'
import { eventStretches } from './event-stretches.ts'
import type { EventPosition } from './find-records.ts'
import type { Store } from './open-store.ts'
import { arrayOf, readRows } from './read-rows.ts'
import { isOneOf } from './term-condition.ts'
import { isVisible } from './visible-clusters.ts'

export interface FoundActor {
  readonly id: string
  readonly name: string
  readonly type: ActorType
  /** Of all that is stored, whatever the window. */
  readonly first_seen: string
  readonly last_seen: string
  /** Requests that match, in the window. */
  readonly requests: number
  readonly by_class: Readonly<Record<EventClass, number>>
  readonly by_outcome: Readonly<Record<Outcome, number>>
  /** Names that clients gave themselves, and addresses that the API server saw; those of most requests first. */
  readonly clients: readonly Named[]
  readonly ips: readonly Named[]
}

export interface Named {
  readonly value: string
  readonly count: number
}

export interface ActorQuestion extends CountQuestion {
  /** At least 1. */
  readonly limit: number
  readonly after: EventPosition | null
  readonly snapshot: Snapshot | null
}

export interface FoundActors {
  readonly actors: readonly FoundActor[]
  readonly next: EventPosition | null
  readonly snapshot: Snapshot
  readonly countedSinceUs: number
}

/** Clients and addresses of one actor that are told. */
export const placesMax = 20

export async function findActors(store: Store, scope: Scope, question: ActorQuestion): Promise<FoundActors> {
  const { limit, after } = question
  const { rows, ...counted } = await countAtOnce<CountRow>(store, scope, question, (requests) =>
    countQuery(requests(countedColumns), after, limit + 1),
  )
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  const told = await actorsOf(store, scope, { ...question, ...counted }, page)
  return { ...counted, ...told, next: rows.length > limit && last ? positionOf(last) : null }
}

/** By id or by name; null where nothing of it is in the scope. What it asked for is counted in the window alone. */
export async function findActor(
  store: Store,
  scope: Scope,
  text: string,
  question: CountQuestion,
): Promise<(Counted & { readonly actor: FoundActor }) | null> {
  const known = await namedActor(store, scope, text)
  if (known === null) return null
  const { rows, ...counted } = await countAtOnce<CountRow>(store, scope, question, (requests) =>
    countQuery(requests(countedColumns, sql`e.actor_id = ${known}::int4`), null, 1),
  )
  const asked = rows[0] ?? { id: known, lastUs: 0, requests: 0, classes: [], outcomes: [] }
  const { actors, countedSinceUs } = await actorsOf(store, scope, { ...question, ...counted }, [asked])
  const [actor] = actors
  return actor ? { ...counted, countedSinceUs, actor } : null
}

/**
 * The row of the table that an id or a name means; of a name that had several types, the one that was seen last. Null
 * where nothing of it is in the scope.
 */
export async function namedActor(store: Store, scope: Scope, text: string): Promise<number | null> {
  const digest = parseActorId(text)
  const isMeant =
    digest === null ? sql`left(a.name, 200) = left(${text}, 200) and a.name = ${text}` : sql`a.digest = ${digest}::uuid`
  const meant = await readRows<{ id: number }>(store, sql`select a.id from actor a where ${isMeant}`)
  if (meant.length === 0) return null
  const isOwn = isOneOf(
    sql`e.actor_id`,
    meant.map(({ id }) => id),
  )
  // From the newest day on: one look-up over all days that are stored would plan all of them, 10 ms for 90.
  for (const { fromUs, toUs } of eventStretches(await knownEventDays(store), allTime, 'desc')) {
    const rows = await readRows<{ id: number }>(
      store,
      sql`select e.actor_id as id from event e where ${isOwn} and ${isVisible(scope)} and e.time >= ${fromUs}::int8 and e.time < ${toUs}::int8
          order by e.time desc limit 1`,
    )
    if (rows[0]) return rows[0].id
  }
  return null
}

const allTime = { sinceUs: 0, untilUs: Number.MAX_SAFE_INTEGER }

type CountRow = {
  readonly id: number
  readonly lastUs: number
  readonly requests: number
  /** In the order of eventClasses, and of outcomes. */
  readonly classes: readonly number[]
  readonly outcomes: readonly number[]
}

const countedColumns = sql`e.time, e.actor_id, e.class, e.outcome`

function countQuery(requests: SQL, after: EventPosition | null, limit: number): SQL {
  const counts = (column: SQL, letters: readonly string[]): SQL =>
    sql.join(
      letters.map((letter) => sql`count(*) filter (where ${column} = ${letter}::"char")`),
      sql`, `,
    )
  const isAfter =
    after === null ? sql`true` : sql`(max(r.time), r.actor_id) < (${after.timeUs}::int8, ${idOf(after)}::int4)`
  return sql`
    select r.actor_id as id, max(r.time) as "lastUs", count(*) as requests,
      array[${counts(
        sql`r.class`,
        eventClasses.map((word) => classCode.letter[word]),
      )}]::int4[] as classes,
      array[${counts(
        sql`r.outcome`,
        outcomes.map((word) => outcomeCode.letter[word]),
      )}]::int4[] as outcomes
    from (${requests}) r group by r.actor_id having ${isAfter}
    order by max(r.time) desc, r.actor_id desc limit ${limit}`
}

/** The key of a position is a UUID: here the id's digits at its end. */
function positionOf({ lastUs, id }: CountRow): EventPosition {
  return { timeUs: lastUs, key: id.toString(16).padStart(32, '0') }
}

const idOf = ({ key }: EventPosition): number => Number.parseInt(key.replaceAll('-', '').slice(-8), 16)

async function actorsOf(
  store: Store,
  scope: Scope,
  question: CountQuestion & Counted,
  counts: readonly CountRow[],
): Promise<Pick<FoundActors, 'actors' | 'countedSinceUs'>> {
  if (counts.length === 0) return { actors: [], countedSinceUs: question.countedSinceUs }
  const ids = counts.map(({ id }) => id)
  const [names, { places, countedSinceUs }] = await Promise.all([
    readNames(store, scope, ids),
    readPlaces(store, scope, question, ids),
  ])
  const actors = counts.flatMap(({ id, ...counted }) => {
    const named = names.get(id)
    if (named === undefined) return []
    const own = (what: Place['what']): readonly Named[] =>
      (places.get(`${what} ${id}`) ?? []).map(({ value, count }) => ({ value, count }))
    return [
      {
        id: actorId(named.digest),
        name: named.name,
        type: actorTypes.find((known) => known === named.type) ?? 'human',
        first_seen: formatMicroTime(named.firstUs),
        last_seen: formatMicroTime(named.lastUs),
        requests: counted.requests,
        by_class: byWord(eventClasses, counted.classes),
        by_outcome: byWord(outcomes, counted.outcomes),
        clients: own('client'),
        ips: own('ip'),
      },
    ]
  })
  return { actors, countedSinceUs: Math.max(countedSinceUs, question.countedSinceUs) }
}

function byWord<Word extends string>(
  words: readonly Word[],
  counts: readonly number[],
): Readonly<Record<Word, number>> {
  // Every word is a key of it.
  return Object.fromEntries(words.map((word, index) => [word, counts[index] ?? 0])) as Record<Word, number>
}

interface NameRow {
  readonly id: number
  readonly digest: string
  readonly name: string
  readonly type: string
  readonly firstUs: number
  readonly lastUs: number
}

async function readNames(store: Store, scope: Scope, ids: readonly number[]): Promise<ReadonlyMap<number, NameRow>> {
  const rows = await readRows<NameRow & Record<string, unknown>>(
    store,
    sql`select a.id, a.digest::text as digest, a.name, a.type,
          coalesce(${seen('min', scope)}, 0) as "firstUs", coalesce(${seen('max', scope)}, 0) as "lastUs"
        from actor a where a.id = any(${arrayOf('int4', ids)})`,
  )
  return new Map(rows.map((row) => [row.id, row]))
}

/** By the index event_actor_time: one look-up a day that is stored. */
function seen(which: 'min' | 'max', scope: Scope): SQL {
  return sql`(select ${sql.raw(which)}(e.time) from event e where e.actor_id = a.id and ${isVisible(scope)})`
}

interface Place extends Named {
  readonly id: number
  readonly what: 'client' | 'ip'
}

/** By what it is and whose. */
async function readPlaces(
  store: Store,
  scope: Scope,
  question: CountQuestion,
  ids: readonly number[],
): Promise<{ readonly places: ReadonlyMap<string, readonly Place[]>; readonly countedSinceUs: number }> {
  const { rows, countedSinceUs } = await countAtOnce<Place & Record<string, unknown>>(
    store,
    scope,
    question,
    (requests) => {
      const own = requests(sql`e.actor_id, e.client_id, e.source_id`, sql`e.actor_id = any(${arrayOf('int4', ids)})`)
      return sql`
      with pairs as (select r.actor_id as id, r.client_id, r.source_id, count(*) as n from (${own}) r group by 1, 2, 3),
      places as (
        select p.id, 'client' as what, lower(c.name collate "C") as value, sum(p.n)::int8 as count
        from pairs p join client c on c.id = p.client_id where c.name <> '' group by 1, 3
        union all
        select p.id, 'ip', s.peer, sum(p.n)::int8
        from pairs p join source s on s.id = p.source_id where s.peer <> '' group by 1, 3
      )
      select id, what, value, count from (
        select *, row_number() over (partition by id, what order by count desc, value) as place from places
      ) ranked where place <= ${placesMax} order by id, what, place`
    },
  )
  return { places: Map.groupBy(rows, ({ id, what }) => `${what} ${id}`), countedSinceUs }
}
