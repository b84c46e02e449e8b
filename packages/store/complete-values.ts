// completeValues: names that begin as somebody types, for those keys of a query whose values are names.

import type { Scope } from '@plaintrail/query/scope'
import type { TextKey } from '@plaintrail/query/qualifiers'
import { sql, type SQL } from 'drizzle-orm'
import type { Store } from './open-store.ts'
import { readRows } from './read-rows.ts'
import { inScope } from './visible-clusters.ts'

/** Names looked at for somebody who may not see all of them. */
const lookedAtMax = 200
/** Longer prefixes find nothing: the indexes hold as much of a name. */
const prefixLengthMax = 200

interface Named {
  readonly table: 'actor' | 'client' | 'namespace' | 'resource' | 'verb'
  readonly column: 'name' | 'subresource'
  /** The column of an event that has its id, where an index leads from the one to the other. */
  readonly from: SQL | null
}

const actors: Named = { table: 'actor', column: 'name', from: sql`e.actor_id` }

const namedBy: Readonly<Partial<Record<TextKey, Named>>> = {
  actor: actors,
  as: actors,
  initiator: actors,
  ns: { table: 'namespace', column: 'name', from: sql`e.namespace_id` },
  sub: { table: 'resource', column: 'subresource', from: null },
  verb: { table: 'verb', column: 'name', from: null },
  client: { table: 'client', column: 'name', from: null },
}

export interface ValuesQuestion {
  readonly key: TextKey
  readonly prefix: string
  readonly limit: number
}

/**
 * By name, `limit` at most. Of a key whose values are no names, or too many (`name`, `uid`, `audit`), none. Who may see
 * some clusters only is told what an event in them has, and nothing where finding that out would read whole partitions.
 */
export async function completeValues(
  store: Store,
  scope: Scope,
  { key, prefix, limit }: ValuesQuestion,
): Promise<readonly string[]> {
  if (prefix.includes('\0') || prefix.length > prefixLengthMax) return []
  const like = `${prefix.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
  if (key === 'cluster') return await namesOf(store, clusterNames(scope, like, limit))
  if (key === 'changed') return await namesOf(store, pathNames(scope, prefix, limit))
  if (key === 'rule') return await namesOf(store, ruleNames(like, limit))
  if (key === 'control') return await namesOf(store, controlNames(scope, like, limit))
  const named = namedBy[key]
  if (named === undefined) return []
  if (scope.kind === 'everything') return await namesOf(store, allNames(named, like, limit))
  return named.from === null ? [] : await namesOf(store, seenNames(named, named.from, scope, like, limit))
}

async function namesOf(store: Store, statement: SQL): Promise<readonly string[]> {
  const rows = await readRows<{ name: string }>(store, statement)
  return rows.map(({ name }) => name)
}

/**
 * Paths in which a segment begins so, those that begin so themselves first. The names of list items are in them where the
 * prefix has one. Every path is looked at: 100,000 take a tenth of a second on two busy cores.
 */
function pathNames(scope: Scope, prefix: string, limit: number): SQL {
  const like = prefix.replaceAll('[]', '[').replaceAll(/[\\%_]/g, String.raw`\$&`)
  const path = prefix.includes('[') ? sql`p.path` : sql`replace(p.plain, '[]', '')`
  const isSeen =
    scope.kind === 'everything'
      ? sql`true`
      : sql`exists (select from changed_field f join cluster c on c.id = f.cluster_id
          where f.path_id = n.id and ${inScope(scope)})`
  return sql`select n.name from (
               select p.id, replace(${path}, '"', '') as name from field_path p
               where '.' || replace(${path}, '"', '') like ${`%.${like}%`}
               order by replace(${path}, '"', '') not like ${`${like}%`}, name limit ${scope.kind === 'everything' ? null : lookedAtMax}
             ) n
             where ${isSeen} group by n.name
             order by n.name not like ${`${like}%`}, n.name limit ${limit}`
}

function clusterNames(scope: Scope, like: string, limit: number): SQL {
  return sql`select c.name from cluster c where c.name like ${like} and ${inScope(scope)} order by c.name limit ${limit}`
}

/** Rules are no secret: whoever has a token may read all of them. */
function ruleNames(like: string, limit: number): SQL {
  return sql`select r.name from rule r where r.name like ${like} order by r.name limit ${limit}`
}

/** Of what was found. */
function controlNames(scope: Scope, like: string, limit: number): SQL {
  return sql`select distinct o.name from finding f join cluster c on c.id = f.cluster_id, unnest(f.controls) o (name)
             where f.events > 0 and o.name like ${like} and ${inScope(scope)} order by o.name limit ${limit}`
}

/** left(…, 200) is what the indexes of names are of. */
function allNames({ table, column }: Named, like: string, limit: number): SQL {
  const name = sql`${sql.identifier(column)}`
  return sql`select distinct ${name} as name from ${sql.identifier(table)}
             where left(${name}, 200) like ${like} and ${name} <> '' order by name limit ${limit}`
}

function seenNames({ table, column }: Named, from: SQL, scope: Scope, like: string, limit: number): SQL {
  const name = sql`d.${sql.identifier(column)}`
  return sql`select distinct n.name from (
               select d.id, ${name} as name from ${sql.identifier(table)} d
               where left(${name}, 200) like ${like} and ${name} <> '' order by name limit ${lookedAtMax}
             ) n
             where exists (
               select from event e join cluster c on c.id = e.cluster_id where ${from} = n.id and ${inScope(scope)}
             )
             order by n.name limit ${limit}`
}
