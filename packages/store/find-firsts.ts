// findFirsts: what an actor did for the first time within a window, compared with all that is stored before it.

import { formatEventId } from '@plaintrail/event/identity'
import { formatMicroTime } from '@plaintrail/event/time'
import type { Scope } from '@plaintrail/query/scope'
import type { Window } from '@plaintrail/query/window'
import { sql, type SQL } from 'drizzle-orm'
import { budgetOf, type Budget } from './budget.ts'
import { knownEventDays } from './event-days.ts'
import { eventStretches, type Stretch } from './event-stretches.ts'
import { namedActor } from './find-actors.ts'
import { pageMsMax } from './find-events.ts'
import type { Store } from './open-store.ts'
import { arrayOf } from './read-rows.ts'
import { readWithin } from './read-within.ts'
import { isVisible } from './visible-clusters.ts'

export const firstKinds = ['cluster', 'namespace', 'kind', 'client', 'ip'] as const
export type FirstKind = (typeof firstKinds)[number]

export interface First {
  readonly what: FirstKind
  /** A kind is `deployments.apps`, or `pods` of the core group. */
  readonly value: string
  /** Of the first event with it. */
  readonly time: string
  readonly event: string
}

export interface FoundFirsts {
  /** The newest first. */
  readonly firsts: readonly First[]
  /** From here on all that is stored was compared: 0, unless the budget was spent. */
  readonly comparedSinceUs: number
}

/** Of one kind, the newest: a client can make up names of itself, and must not hide what else it did. */
export const firstsMax = 1_000
/** Values of one kind that are compared, the oldest of a stretch of the window. */
const valuesMax = 5_000
const stepMsMax = 4_000

/** Null where nothing of the actor is in the scope. Every event counts here, whatever its stage. */
export async function findFirsts(
  store: Store,
  scope: Scope,
  actor: string,
  { window, budget = budgetOf(pageMsMax) }: { readonly window: Window; readonly budget?: Budget },
): Promise<FoundFirsts | null> {
  const id = await namedActor(store, scope, actor)
  if (id === null) return null
  const isOwn = sql`e.actor_id = ${id}::int4 and ${isVisible(scope)}`
  const days = await knownEventDays(store)
  const found = new Map<string, FirstRow>()
  for (const stretch of eventStretches(days, window, 'asc')) {
    const rows = await readFirsts(store, firstsQuery(isOwn, stretch, oldestOfKind), budget)
    if (rows === null) return { firsts: [], comparedSinceUs: window.untilUs }
    for (const row of rows) if (!found.has(keyOf(row))) found.set(keyOf(row), row)
  }
  let comparedSinceUs = window.sinceUs
  for (const stretch of eventStretches(days, { sinceUs: 0, untilUs: window.sinceUs }, 'desc')) {
    if (found.size === 0) break
    const rows = await readFirsts(store, firstsQuery(isOwn, stretch, amongThese([...found.values()])), budget)
    if (rows === null) return { firsts: firstsOf(found), comparedSinceUs }
    for (const row of rows) found.delete(keyOf(row))
    comparedSinceUs = stretch.fromUs
  }
  return { firsts: firstsOf(found), comparedSinceUs: 0 }
}

type FirstRow = {
  readonly what: FirstKind
  readonly value: string
  /** Its time in 16 digits, and its key. */
  readonly first: string
}

const keyOf = ({ what, value }: FirstRow): string => `${what} ${value}`

/** Null when the budget is spent. */
async function readFirsts(store: Store, query: SQL, budget: Budget): Promise<readonly FirstRow[] | null> {
  budget.throwIfAborted()
  const leftMs = Math.min(stepMsMax, budget.leftMs())
  return leftMs <= 0 ? null : await readWithin<FirstRow>(store, query, leftMs)
}

/** Of `named`. */
const oldestOfKind = sql`
  select what, value, first from (
    select *, row_number() over (partition by what order by first) as place from named
  ) ranked where place <= ${valuesMax}`

/** Of `named`: no other value could be a first any more. */
function amongThese(rows: readonly FirstRow[]): SQL {
  const [whats, values] = [rows.map(({ what }) => what), rows.map(({ value }) => value)]
  return sql`
    select what, value, first from named
    join unnest(${arrayOf('text', whats)}, ${arrayOf('text', values)}) as k (what, value) using (what, value)`
}

/** Read by the index event_actor_time, and joined with names once for each that there is. `kept` is of `named`. */
function firstsQuery(isOwn: SQL, { fromUs, toUs }: Stretch, kept: SQL): SQL {
  return sql`
    with own as (
      select e.cluster_id, e.namespace_id, e.resource_id, e.client_id, e.source_id,
        min(lpad(e.time::text, 16, '0') || e.key::text) as first
      from event e where ${isOwn} and e.time >= ${fromUs}::int8 and e.time < ${toUs}::int8
      group by 1, 2, 3, 4, 5
    ), named as (
    select what, value, min(first) as first from (
      select 'cluster' as what, c.name as value, o.first from own o join cluster c on c.id = o.cluster_id
      union all
      select 'namespace', n.name, o.first from own o join namespace n on n.id = o.namespace_id
      union all
      select 'kind', r.resource || case when r.api_group = '' then '' else '.' || r.api_group end, o.first
      from own o join resource r on r.id = o.resource_id
      union all
      select 'client', lower(c.name collate "C"), o.first from own o join client c on c.id = o.client_id where c.name <> ''
      union all
      select 'ip', s.peer, o.first from own o join source s on s.id = o.source_id where s.peer <> ''
    ) one group by 1, 2
    )
    ${kept}`
}

const newestFirst = (a: FirstRow, b: FirstRow): number => (a.first < b.first ? 1 : a.first > b.first ? -1 : 0)

function firstsOf(found: ReadonlyMap<string, FirstRow>): readonly First[] {
  const rows = [...found.values()].toSorted(newestFirst)
  const shown = firstKinds.flatMap((kind) => rows.filter(({ what }) => what === kind).slice(0, firstsMax))
  return shown.toSorted(newestFirst).map(({ what, value, first }) => {
    const timeUs = Number(first.slice(0, 16))
    const key = Buffer.from(first.slice(16).replaceAll('-', ''), 'hex')
    return { what, value, time: formatMicroTime(timeUs), event: formatEventId(timeUs, key) }
  })
}
