// From the names in a filter to ids of the dimension tables, before the events are read: Postgres then knows from its
// statistics how often each id occurs, and an index on (id, time) gives one id's events in the order of the page.

import { resourcesNamed } from '@plaintrail/event/resources'
import { isGlob } from '@plaintrail/query/filter'
import { sql, type SQL } from 'drizzle-orm'
import { exactAndPatterns, nameMatches } from './name-matches.ts'
import type { Store } from './open-store.ts'
import { arrayOf, readRows } from './read-rows.ts'

/** A glob may stand for every name there is: more ids than this are left to a subquery. */
const idsMax = 1_000

/** The ids found, or the query that finds them where they are more than idsMax. */
export type Ids = readonly number[] | SQL

export async function actorIds(store: Store, names: readonly string[]): Promise<Ids> {
  const { exact, patterns } = exactAndPatterns(names)
  // The first comparison is the one that the index actor_name serves.
  return await idsOf(
    store,
    sql`select a.id from actor a
        where left(a.name, 200) = any(array(select left(v, 200) from unnest(${exact}) v)) and a.name = any(${exact})
        union
        select a.id from actor a where a.name like any(${patterns})`,
  )
}

export async function namespaceIds(store: Store, names: readonly string[]): Promise<Ids> {
  const { exact, patterns } = exactAndPatterns(names)
  // By the digest of dimensions.ts, for there is no index on the name.
  const digest = sql`left(encode(sha256(convert_to(v, 'UTF8')), 'hex'), 32)::uuid`
  return await idsOf(
    store,
    sql`select n.id from namespace n where n.digest = any(array(select ${digest} from unnest(${exact}) v))
        union
        select n.id from namespace n where n.name like any(${patterns})`,
  )
}

/** Names of namespaces, or null when there are more than `max`. */
export async function namespaceNames(store: Store, max: number): Promise<readonly string[] | null> {
  const rows = await readRows<{ name: string }>(store, sql`select n.name from namespace n limit ${max + 1}`)
  return rows.length > max ? null : rows.map(({ name }) => name)
}

/** `names` are lower case; the API server sends verbs so, but any client of a file may not. */
export async function verbIds(store: Store, names: readonly string[]): Promise<Ids> {
  return await idsOf(store, sql`select v.id from verb v where ${nameMatches(sql`lower(v.name)`, names)}`)
}

export async function resourceIds(store: Store, kinds: readonly string[]): Promise<Ids> {
  return await idsOf(store, sql`select r.id from resource r where ${isKind(kinds)}`)
}

export async function subresourceIds(store: Store, names: readonly string[]): Promise<Ids> {
  return await idsOf(store, sql`select r.id from resource r where ${nameMatches(sql`r.subresource`, names)}`)
}

export interface GroupAndResource {
  readonly apiGroup: string
  readonly resource: string
}

/** Those resources of these kinds that any event was ever about, at most `max + 1`. */
export async function resourcesOfKinds(
  store: Store,
  kinds: readonly string[],
  max: number,
): Promise<readonly GroupAndResource[]> {
  return await readRows(
    store,
    sql`select distinct r.api_group as "apiGroup", r.resource from resource r where ${isKind(kinds)} limit ${max + 1}`,
  )
}

/** A condition on `resource r`. A glob is compared with `resource` and with `resource.group`. */
function isKind(kinds: readonly string[]): SQL {
  const named = kinds.filter((kind) => !isGlob(kind)).flatMap((kind) => resourcesNamed(kind))
  const groups = arrayOf(
    'text',
    named.map(({ group }) => group),
  )
  const resources = arrayOf(
    'text',
    named.map(({ resource }) => resource),
  )
  const { patterns } = exactAndPatterns(kinds)
  return sql`(exists (
      select from unnest(${groups}, ${resources}) as k (api_group, resource)
      where k.resource = r.resource and (k.api_group is null or k.api_group = r.api_group)
    ) or r.resource like any(${patterns}) or r.resource || '.' || r.api_group like any(${patterns}))`
}

async function idsOf(store: Store, query: SQL): Promise<Ids> {
  const rows = await readRows<{ id: number }>(store, sql`${query} limit ${idsMax + 1}`)
  return rows.length > idsMax ? query : rows.map(({ id }) => id)
}
