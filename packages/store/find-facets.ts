// findFacets: of some fields, which values the requests that match have, and how many have each.

import type { Total } from '@plaintrail/query/page'
import type { Scope } from '@plaintrail/query/scope'
import { sql, type SQL } from 'drizzle-orm'
import { countRequests, type Counted, type CountQuestion } from './count-requests.ts'
import { classCode, outcomeCode } from './event-codes.ts'
import type { Store } from './open-store.ts'
import type { RequestRows } from './request-rows.ts'

/** Each is a qualifier of the query language too, except that `kind` is always `resource.group`. */
export const facetFields = [
  'actor',
  'verb',
  'ns',
  'kind',
  'outcome',
  'class',
  'cluster',
  'client',
  'code',
  'sub',
  'ip',
  'as',
] as const
export type FacetField = (typeof facetFields)[number]

/** Fields of one question. */
export const facetFieldsMax = facetFields.length
/** Values of one field that are told. */
export const facetValuesMax = 100
/** Values of one field that are counted in one statement, the most used: what a client can make up has no bound. */
const valuesCountedMax = 10_000

export interface Facet {
  readonly field: FacetField
  /** Those of most requests first. */
  readonly values: readonly { readonly value: string; readonly count: number }[]
  /** Requests with another value. */
  readonly other: number
  /** Requests with none, such as the namespace of what is no resource. */
  readonly none: number
  readonly distinct: Total
}

export interface FacetQuestion extends CountQuestion {
  readonly fields: readonly FacetField[]
  /** From 1 to facetValuesMax. */
  readonly limit: number
}

export interface Facets extends Counted {
  readonly facets: readonly Facet[]
  /** Requests that match. */
  readonly requests: number
}

export async function findFacets(store: Store, scope: Scope, question: FacetQuestion): Promise<Facets> {
  const fields = [...new Set(question.fields)]
  const found = new Map<FacetField, Values>(
    fields.map((field) => [field, { counts: new Map(), none: 0, isCut: false }]),
  )
  let requests = 0
  const counted = await countRequests<FacetRow>(
    store,
    scope,
    question,
    (rows) => facetsQuery(rows, fields),
    (rows) => {
      requests += rows.find(({ field }) => field === 'all')?.count ?? 0
      for (const [field, own] of Map.groupBy(rows, (row) => row.field)) {
        const values = field === 'all' ? undefined : found.get(field)
        if (values) addTo(values, own)
      }
    },
  )
  const isWhole = counted.countedSinceUs <= question.window.sinceUs
  const facets = fields.map((field) => facetOf(field, found.get(field), { requests, limit: question.limit, isWhole }))
  return { ...counted, facets, requests }
}

type FacetRow = { readonly field: FacetField | 'all'; readonly value: string | null; readonly count: number }

interface Values {
  readonly counts: Map<string, number>
  none: number
  /** There were more than valuesCountedMax. */
  isCut: boolean
}

function addTo(values: Values, rows: readonly FacetRow[]): void {
  if (rows.length > valuesCountedMax) values.isCut = true
  for (const { value, count } of rows) {
    if (value === null) values.none += count
    else values.counts.set(value, (values.counts.get(value) ?? 0) + count)
  }
}

function facetOf(
  field: FacetField,
  values: Values | undefined,
  { requests, limit, isWhole }: { readonly requests: number; readonly limit: number; readonly isWhole: boolean },
): Facet {
  const { counts, none, isCut } = values ?? { counts: new Map<string, number>(), none: 0, isCut: false }
  const ranked = [...counts].toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).slice(0, limit)
  const told = ranked.map(([value, count]) => ({ value: wordOf(field, value), count }))
  const inTold = told.reduce((total, { count }) => total + count, 0)
  const distinct: Total = { value: counts.size, relation: isWhole && !isCut ? 'eq' : 'gte' }
  return { field, values: told, other: requests - inTold - none, none, distinct }
}

function wordOf(field: FacetField, value: string): string {
  if (field === 'outcome') return outcomeCode.word(value)
  return field === 'class' ? classCode.word(value) : value
}

/**
 * Rows are counted once, by all the fields together, of which there are far fewer combinations than rows; what each field
 * has is then added up from these.
 */
function facetsQuery(requests: RequestRows, fields: readonly FacetField[]): SQL {
  const columns = [...new Set(fields.flatMap((field) => sources[field].columns))]
  const list = (row: 'e' | 'r'): SQL => sql.raw(columns.map((column) => `${row}.${column}`).join(', '))
  const selects = fields.map((field) => {
    const { value, join } = sources[field]
    return sql`union all (select ${field}::text, ${value}, sum(r.n)::int8 from counted r ${join}
      group by 2 order by 3 desc, 2 limit ${valuesCountedMax + 1})`
  })
  return sql`
    with counted as materialized (
      select ${list('r')}, count(*) as n from (${requests(list('e'))}) r group by ${list('r')}
    )
    select 'all' as field, null::text as value, coalesce(sum(n), 0)::int8 as count from counted
    ${sql.join(selects, sql` `)}`
}

/** `value` is a text of the row `r` and what is joined to it, null where a request has none. */
const sources: Readonly<Record<FacetField, { columns: readonly string[]; value: SQL; join: SQL }>> = {
  actor: { columns: ['actor_id'], value: sql`d.name`, join: sql`join actor d on d.id = r.actor_id` },
  verb: { columns: ['verb_id'], value: sql`lower(d.name collate "C")`, join: sql`join verb d on d.id = r.verb_id` },
  ns: {
    columns: ['namespace_id', 'resource_id'],
    value: sql`case when r.resource_id is not null then coalesce(d.name, '') end`,
    join: sql`left join namespace d on d.id = r.namespace_id`,
  },
  kind: {
    columns: ['resource_id'],
    value: sql`d.resource || case when d.api_group = '' then '' else '.' || d.api_group end`,
    join: sql`left join resource d on d.id = r.resource_id`,
  },
  outcome: { columns: ['outcome'], value: sql`r.outcome::text`, join: sql`` },
  class: { columns: ['class'], value: sql`r.class::text`, join: sql`` },
  cluster: { columns: ['cluster_id'], value: sql`d.name`, join: sql`join cluster d on d.id = r.cluster_id` },
  client: {
    columns: ['client_id'],
    value: sql`nullif(lower(d.name collate "C"), '')`,
    join: sql`join client d on d.id = r.client_id`,
  },
  code: { columns: ['code'], value: sql`r.code::text`, join: sql`` },
  sub: { columns: ['resource_id'], value: sql`d.subresource`, join: sql`left join resource d on d.id = r.resource_id` },
  ip: { columns: ['source_id'], value: sql`nullif(d.peer, '')`, join: sql`join source d on d.id = r.source_id` },
  as: {
    columns: ['impersonated_id'],
    value: sql`coalesce(d.name, '')`,
    join: sql`left join actor d on d.id = r.impersonated_id`,
  },
}
