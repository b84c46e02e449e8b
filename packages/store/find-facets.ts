// findFacets: of some fields, which values the requests that match have, and how many have each.

import type { Total } from '@plaintrail/query/page'
import type { Scope } from '@plaintrail/query/scope'
import { sql, type SQL } from 'drizzle-orm'
import { countRequests, type Counted, type CountQuestion } from './count-requests.ts'
import { classCode, outcomeCode } from './event-codes.ts'
import { facetFields, facetSets, facetSources, type FacetField } from './facet-sources.ts'
import type { Store } from './open-store.ts'
import type { TallyCount } from './read-tallies.ts'
import type { RequestRows } from './request-rows.ts'

export { facetFields, type FacetField } from './facet-sources.ts'

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
  const counted = await countFields(store, scope, question, fields)
  // Which values are left out of a count depends on the stretches that it is made of.
  const isOther = counted.isTallied && [...counted.found.values()].some(({ isCut }) => isCut)
  const { snapshot, countedSinceUs, found, requests } = isOther
    ? await countFields(store, scope, { ...question, snapshot: counted.snapshot, mayTally: false }, fields)
    : counted
  const isWhole = countedSinceUs <= question.window.sinceUs
  const facets = fields.map((field) => facetOf(field, found.get(field), { requests, limit: question.limit, isWhole }))
  return { snapshot, countedSinceUs, facets, requests }
}

async function countFields(store: Store, scope: Scope, question: FacetQuestion, fields: readonly FacetField[]) {
  const found = new Map<FacetField, Values>(
    fields.map((field) => [field, { counts: new Map(), none: 0, isCut: false }]),
  )
  let requests = 0
  const counted = await countRequests<FacetRow>(store, scope, question, {
    count: (rows) => facetsQuery(rows, fields),
    take: (rows) => {
      requests += rows.find(({ field }) => field === 'all')?.count ?? 0
      for (const [field, own] of Map.groupBy(rows, (row) => row.field)) {
        const values = field === 'all' ? undefined : found.get(field)
        if (values) addTo(values, own)
      }
    },
    tally: talliesOf(fields),
  })
  return { ...counted, found, requests }
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

function facetsQuery(requests: RequestRows, fields: readonly FacetField[]): SQL {
  const sets = facetSets(fields)
  const selects = fields.map((field) => {
    const { value, join } = facetSources[field]
    return sql`union all (select ${field}::text, ${value}, sum(r.n)::int8 from counted r ${join}
      where ${sets.isOf(field)} group by 2 order by 3 desc, 2 limit ${valuesCountedMax + 1})`
  })
  return sql`
    with counted as materialized (${sets.count(requests)})
    select 'all' as field, null::text as value, r.n as count from counted r where ${sets.isOf(null)}
    ${sql.join(selects, sql` `)}`
}

/** A tally has the values of each field by cluster and class. */
function talliesOf(fields: readonly FacetField[]): TallyCount {
  const sum = (quarters: SQL, where: SQL): SQL => {
    const selects = ['all', ...fields].map(
      (field) => sql`(
        select ${field}::text as field, v.value, sum(v.n)::int8 as count
        from tally_value e cross join lateral unnest(e."values", e.counts) as v (value, n)
        where e.quarter = any(${quarters}) and e.field = ${field} and ${where}
        group by 2 order by 3 desc, 2 limit ${valuesCountedMax + 1})`,
    )
    return sql.join(selects, sql` union all `)
  }
  return { keys: new Set(['cluster', 'class']), needs: ['all', ...fields], sum }
}
