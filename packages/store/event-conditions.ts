// eventConditions: a scope and a filter as one condition on `event e`, with every name turned into ids already.

import type { EventClass, Outcome, Stage } from '@plaintrail/event/event'
import { filterKeys, type EventFilter, type FilterKey } from '@plaintrail/query/filter'
import type { Scope } from '@plaintrail/query/scope'
import { SQL, sql } from 'drizzle-orm'
import { classCode, outcomeCode, stageCode, type Code } from './event-codes.ts'
import { nameMatches } from './name-matches.ts'
import { objectKeys } from './object-keys.ts'
import type { Store } from './open-store.ts'
import { arrayOf } from './read-rows.ts'
import { actorIds, namespaceIds, resourceIds, subresourceIds, verbIds, type Ids } from './resolve-names.ts'
import { visibleClusters } from './visible-clusters.ts'

/** Null where no event can be meant, because nothing of the name asked for was ever stored. */
type Condition = SQL | null

/** Null where no event can match: then there is nothing to read. */
export async function eventConditions(store: Store, scope: Scope, filter: EventFilter): Promise<SQL | null> {
  return allOf(
    await Promise.all([
      isInClusters(store, scope, filter),
      isObject(store, scope, filter),
      ...otherKeys.map((key) => meetsTerms(store, key, filter)),
    ]),
  )
}

type TermsKey = Exclude<FilterKey, 'cluster'>

/** Together they can name an object. */
const objectKeyParts = ['kind', 'ns', 'name'] as const
const otherKeys = filterKeys.filter(
  (key): key is TermsKey => key !== 'cluster' && !objectKeyParts.some((part) => part === key),
)

function allOf(conditions: readonly Condition[]): Condition {
  const possible = conditions.filter((condition) => condition !== null)
  return possible.length < conditions.length ? null : sql.join(possible, sql` and `)
}

const always = sql`true`

async function isInClusters(store: Store, scope: Scope, filter: EventFilter): Promise<Condition> {
  if (scope.kind === 'everything' && filter.cluster === undefined) return always
  const clusters = await visibleClusters(store, scope, filter.cluster)
  return isOneOf(
    sql`e.cluster_id`,
    clusters.map(({ id }) => id),
  )
}

/** Where few objects are meant, one index finds them; kind, namespace and name are compared all the same. */
async function isObject(store: Store, scope: Scope, filter: EventFilter): Promise<Condition> {
  const [keys, ...parts] = await Promise.all([
    objectKeys(store, scope, filter),
    ...objectKeyParts.map((key) => meetsTerms(store, key, filter)),
  ])
  const meant = allOf(parts)
  if (keys === null || meant === null) return meant
  if (keys.length !== 1) return sql`e.object_key = any(${arrayOf('int8', keys)}) and ${meant}`
  // As one opaque comparison: Postgres would multiply the frequencies of the parts, expect one row, and so read and sort
  // all rows of a busy object. Of several keys most have none, and the multiplied guess is the better one.
  return sql`e.object_key = ${keys[0]}::int8 and coalesce(${meant}, false)`
}

async function meetsTerms(store: Store, key: TermsKey, filter: EventFilter): Promise<Condition> {
  const { any = [], not = [] } = filter[key] ?? {}
  const wanted = any.length === 0 ? always : await hasOneOf(store, key, any)
  const unwanted = not.length === 0 ? null : await hasOneOf(store, key, not)
  // Comparing with null is neither true nor false, and an event without a namespace is not in the unwanted one.
  return wanted && unwanted ? sql`${wanted} and (${unwanted}) is not true` : wanted
}

async function hasOneOf(store: Store, key: TermsKey, values: readonly string[]): Promise<Condition> {
  switch (key) {
    case 'actor':
      return isOneOf(sql`e.actor_id`, await actorIds(store, values))
    case 'as':
      return await hasOneOfOrNone(values, sql`e.impersonated_id is null`, async (names) =>
        isOneOf(sql`e.impersonated_id`, await actorIds(store, names)),
      )
    case 'verb':
      return isOneOf(sql`e.verb_id`, await verbIds(store, values))
    case 'class':
      return isLetter<EventClass>(sql`e.class`, classCode, values)
    case 'outcome':
      return isLetter<Outcome>(sql`e.outcome`, outcomeCode, values)
    case 'stage':
      return isLetter<Stage>(sql`e.stage`, stageCode, values)
    case 'kind':
      return isOneOf(sql`e.resource_id`, await resourceIds(store, values))
    case 'sub':
      return isOneOf(sql`e.resource_id`, await subresourceIds(store, values))
    case 'ns':
      return await hasOneOfOrNone(values, isClusterScoped, async (names) =>
        isOneOf(sql`e.namespace_id`, await namespaceIds(store, names)),
      )
    case 'name':
      return await hasOneOfOrNone(values, sql`e.name is null and e.resource_id is not null`, async (names) =>
        nameMatches(sql`e.name`, names),
      )
    default:
      key satisfies never
      return null
  }
}

/** The API server gives a Namespace, which stands in none, its own name as its namespace. */
const isClusterScoped = sql`e.resource_id is not null and (e.namespace_id is null or e.resource_id in (
  select r.id from resource r where r.api_group = '' and r.resource = 'namespaces'))`

/** The empty value among the others asks for events that have none. */
async function hasOneOfOrNone(
  values: readonly string[],
  hasNone: SQL,
  hasNamed: (names: readonly string[]) => Promise<Condition>,
): Promise<Condition> {
  const names = values.filter((value) => value !== '')
  const named = names.length === 0 ? null : await hasNamed(names)
  if (names.length === values.length) return named
  return named === null ? sql`(${hasNone})` : sql`(${named} or ${hasNone})`
}

function isOneOf(column: SQL, ids: Ids): Condition {
  if (ids instanceof SQL) return sql`${column} in (${ids})`
  if (ids.length === 0) return null
  return ids.length === 1 ? sql`${column} = ${ids[0]}` : sql`${column} = any(${arrayOf('int4', ids)})`
}

function isLetter<Word extends string>(column: SQL, code: Code<Word>, values: readonly string[]): Condition {
  const letters = new Map<string, string>(Object.entries(code.letter))
  const asked = values.map((value) => letters.get(value)).filter((letter) => letter !== undefined)
  if (asked.length === 0) return null
  return asked.length === 1 ? sql`${column} = ${asked[0]}::"char"` : sql`${column} = any(${arrayOf('"char"', asked)})`
}
