// facetSources: where each field of the facets has its value from.

import { sql, type SQL } from 'drizzle-orm'
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

interface FacetSource {
  /** Of the event. */
  readonly columns: readonly string[]
  readonly value: SQL
  readonly join: SQL
}

/** `value` is a text of the row `r` and what is joined to it, null where a request has none. */
export const facetSources: Readonly<Record<FacetField, FacetSource>> = {
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

export interface FacetSets {
  /** One pass over requests: a row for each combination of columns of each field, with `g`, the field's mark, and `n`. */
  readonly count: (requests: RequestRows) => SQL
  /** Of these rows, named `r`, the ones of a field, or the ones of no field in particular. */
  readonly isOf: (field: FacetField | null) => SQL
}

/**
 * Of each field alone, and of the columns beside it. Ids are counted, of which there are few, and only then become names. To
 * count all fields together first takes twice the time, where hardly two requests are alike.
 */
export function facetSets(fields: readonly FacetField[], beside: readonly string[] = []): FacetSets {
  const columnsOf = (field: FacetField | null): readonly string[] => [
    ...new Set([...beside, ...(field === null ? [] : facetSources[field].columns)]),
  ]
  const sets = new Map([null, ...fields].map((field) => [columnsOf(field).join(), columnsOf(field)]))
  const columns = [...new Set([...sets.values()].flat())]
  const list = (row: 'e' | 'r', names = columns): SQL => sql.raw(names.map((name) => `${row}.${name}`).join(', '))
  const groups = [...sets.values()].map((own) => sql`(${list('r', [...own])})`)
  // As GROUPING gives it: a bit for each column, the first one highest, which is set where the column is not in the set.
  const markOf = (own: readonly string[]): number =>
    columns.reduce((mark, column) => mark * 2 + (own.includes(column) ? 0 : 1), 0)
  return {
    count: (requests) =>
      columns.length === 0
        ? sql`select 0 as g, count(*) as n from (${requests(sql`e.time`)}) r`
        : sql`select ${list('r')}, grouping(${list('r')}) as g, count(*) as n from (${requests(list('e'))}) r
            group by grouping sets (${sql.join(groups, sql`, `)})`,
    isOf: (field) => sql`r.g = ${markOf(columnsOf(field))}::int4`,
  }
}
