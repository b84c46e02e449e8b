// termIds: from the names in a query to ids of the dimension tables, in one statement before the events are read. Postgres
// then knows from its statistics how often each id occurs, and an index on (id, time) gives one id's events in order.

import { resourcesNamed } from '@plaintrail/event/resources'
import type { Matches, Pattern } from '@plaintrail/query/ast'
import { actorTypesOf } from '@plaintrail/query/is-words'
import { sql, type SQL } from 'drizzle-orm'
import { imagePathIds, pathIds } from './path-ids.ts'
import type { Store } from './open-store.ts'
import { exactAndLike, inSmallLetters, isExact, patternMatches, patternOccurs } from './pattern-matches.ts'
import { arrayOf, readRows } from './read-rows.ts'
import type { Term } from './weakened-query.ts'

/** A glob may stand for every name there is: more ids than this are left to a subquery. */
const idsMax = 1_000

/** The ids found, or the query that finds them where they are more than idsMax. */
export type Ids = readonly number[] | SQL

/** The ids that each term means; none for a term that no dimension table answers. */
export async function termIds(store: Store, terms: readonly Term[]): Promise<ReadonlyMap<Term, Ids>> {
  const asked = [...new Set(terms)].flatMap((term) => {
    const query = idsQuery(term)
    return query === null ? [] : [{ term, query }]
  })
  if (asked.length === 0) return new Map()
  const queries = asked.map(({ query }) => query)
  const ids = idsIn(await readRows<IdRow>(store, idsStatement(queries)), queries)
  return new Map(asked.map(({ term }, index) => [term, ids[index] ?? []]))
}

export type IdRow = { readonly n: number; readonly id: number }

/** Of all queries, one at least, each of which selects one `id`. */
export function idsStatement(queries: readonly SQL[]): SQL {
  const limited = queries.map(
    (query, index) => sql`(select ${index}::int4 as n, q.id from (${query} limit ${idsMax + 1}) q)`,
  )
  return sql.join(limited, sql` union all `)
}

/** The ids of each query, from the rows of that statement. */
export function idsIn(rows: readonly IdRow[], queries: readonly SQL[]): readonly Ids[] {
  const found = queries.map((): number[] => [])
  for (const { n, id } of rows) found[n]?.push(id)
  return queries.map((query, index) => {
    const own = found[index] ?? []
    return own.length > idsMax ? query : own
  })
}

/** The values of a term but the empty one, which asks for events that have none. */
export function namesIn({ values }: Matches): readonly Pattern[] {
  return values.filter(([first, ...more]) => first !== '' || more.length > 0)
}

/** Of `is`: its words. */
export const wordsIn = ({ values }: Matches): readonly string[] => values.map(([word]) => word)

/** A SELECT of the ids, or null where the term is about a column of the event itself. */
function idsQuery(term: Term): SQL | null {
  if (term.kind !== 'matches') return null
  switch (term.key) {
    case 'actor':
      return actorIds(term.values)
    case 'as':
      return ifAny(namesIn(term), actorIds)
    case 'initiator':
      return ifAny(namesIn(term), selfActing)
    case 'group':
      return sql`select g.id from actor_groups g where exists (
        select from json_array_elements_text(g.names::json) n (name) where ${patternMatches(sql`n.name`, term.values)})`
    case 'is':
      return ifAny(
        actorTypesOf(wordsIn(term)),
        (types) => sql`select a.id from actor a where a.type = any(${arrayOf('text', types)})`,
      )
    case 'verb':
      return sql`select v.id from verb v where ${patternMatches(inSmallLetters(sql`v.name`), term.values)}`
    case 'kind':
      return sql`select r.id from resource r where ${isKind(term.values)}`
    case 'sub':
      return sql`select r.id from resource r where ${patternMatches(sql`r.subresource`, term.values)}`
    case 'ns':
      return ifAny(namesIn(term), namespaceIds)
    case 'client':
      return sql`select c.id from client c where c.name <> ''
        and ${patternMatches(inSmallLetters(sql`c.name`), term.values)}`
    case 'user-agent':
      return sql`select c.id from client c where ${patternOccurs(sql`c.user_agent`, term.values)}`
    case 'reason':
      return sql`select r.id from reason r where ${patternOccurs(sql`r.text`, term.values)}`
    case 'ip':
      return sql`select s.id from source s where s.peer <> '' and ${isInNetwork(sql`s.peer`, term.values)}`
    case 'claimed':
      return sql`select s.id from source s where exists (
        select from json_array_elements_text(s.claimed::json) n (ip) where ${isInNetwork(sql`n.ip`, term.values)})`
    case 'cluster':
      return sql`select c.id from cluster c where ${patternMatches(sql`c.name`, term.values)}`
    case 'changed':
      return pathIds(term)
    case 'image':
      return imagePathIds
    case 'rule':
      return sql`select r.id from rule r where ${patternMatches(sql`r.name`, term.values)}`
    case 'class':
    case 'name':
    case 'to':
    case 'from_value':
    case 'uid':
    case 'outcome':
    case 'stage':
    case 'level':
    case 'audit':
    case 'vio':
    case 'severity':
    case 'control':
      return null
    default:
      return term satisfies never
  }
}

function ifAny<T>(values: readonly T[], query: (values: readonly T[]) => SQL): SQL | null {
  return values.length === 0 ? null : query(values)
}

function actorIds(names: readonly Pattern[]): SQL {
  const { exact, like } = exactAndLike(names)
  // The first comparison is the one that the index actor_name serves.
  return sql`select a.id from actor a
      where left(a.name, 200) = any(array(select left(v, 200) from unnest(${exact}) v)) and a.name = any(${exact})
      union
      select a.id from actor a where a.name like any(${like})`
}

/** Behind whose requests nobody else is, unless attribution says so. */
function selfActing(names: readonly Pattern[]): SQL {
  return sql`select a.id from actor a where a.type in ('human', 'service-account') and a.id in (${actorIds(names)})`
}

function namespaceIds(names: readonly Pattern[]): SQL {
  const { exact, like } = exactAndLike(names)
  // By the digest of dimensions.ts, for there is no index on the name.
  const digest = sql`left(encode(sha256(convert_to(v, 'UTF8')), 'hex'), 32)::uuid`
  return sql`select n.id from namespace n where n.digest = any(array(select ${digest} from unnest(${exact}) v))
      union
      select n.id from namespace n where n.name like any(${like})`
}

/** A condition on `resource r`. A glob is compared with `resource` and with `resource.group`. */
export function isKind(kinds: readonly Pattern[]): SQL {
  const named = kinds.filter(isExact).flatMap(([kind]) => resourcesNamed(kind))
  const groups = arrayOf(
    'text',
    named.map(({ group }) => group),
  )
  const resources = arrayOf(
    'text',
    named.map(({ resource }) => resource),
  )
  const { like } = exactAndLike(kinds)
  return sql`(exists (
      select from unnest(${groups}, ${resources}) as k (api_group, resource)
      where k.resource = r.resource and (k.api_group is null or k.api_group = r.api_group)
    ) or r.resource like any(${like}) or r.resource || '.' || r.api_group like any(${like}))`
}

/**
 * `address` is one that normalize took for one, so that the cast cannot fail. An IPv4 address within IPv6 is the IPv4
 * address, as it is in the values.
 */
function isInNetwork(address: SQL, values: readonly Pattern[]): SQL {
  const networks = sql`${arrayOf(
    'text',
    values.map(([network]) => network),
  )}::inet[]`
  return sql`(case when ${address}::inet << inet '::ffff:0:0/96'
      then inet '0.0.0.0' + (${address}::inet - inet '::ffff:0:0') else ${address}::inet end) <<= any(${networks})`
}
