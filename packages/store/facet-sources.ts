// facetSources: where each field of the facets has its value from.

import { sql, type SQL } from 'drizzle-orm'

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

/** The columns of these fields, each once. */
export function facetColumns(fields: readonly FacetField[]): readonly string[] {
  return [...new Set(fields.flatMap((field) => facetSources[field].columns))]
}
