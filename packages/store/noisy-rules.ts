// noiseOfRules: of rules that say how many findings they may make, how many they made, and where it is more, exceptions that would
// quieten the busiest of these.

import { and, matches, type Query } from '@plaintrail/query/ast'
import { queryText } from '@plaintrail/query/normal-form'
import { QueryError } from '@plaintrail/query/query-error'
import type { TextKey } from '@plaintrail/query/qualifiers'
import type { Scope } from '@plaintrail/query/scope'
import type { FieldValues } from '@plaintrail/rules/evaluation'
import type { Noise } from '@plaintrail/rules/rule'
import { sql } from 'drizzle-orm'
import { readExceptionMatch } from './exception-query.ts'
import type { Store } from './open-store.ts'
import { arrayOf, readRows } from './read-rows.ts'
import { inScope } from './visible-clusters.ts'

export interface RuleNoise extends Noise {
  /** Findings with an event within that time, in clusters that may be seen. */
  readonly made: number
  readonly isNoisy: boolean
  /** Of the busiest of a noisy one; none of those that a query cannot name. */
  readonly proposals: readonly NoiseProposal[]
}

export interface NoiseProposal {
  /** A query that means the events of the finding, in its cluster. */
  readonly match: string
  /** Requests of it. */
  readonly events: number
}

interface AskedRule {
  readonly name: string
  readonly told: { readonly noise?: Noise | null | undefined }
}

const proposalsMax = 5

/** By name; none of rules that say nothing about it. One statement, or two where one is noisy. */
export async function noiseOfRules(
  store: Store,
  scope: Scope,
  rules: readonly AskedRule[],
  nowUs: number,
): Promise<ReadonlyMap<string, RuleNoise>> {
  const asked = rules.flatMap(({ name, told: { noise } }) => (noise ? [{ name, ...noise }] : []))
  if (asked.length === 0) return new Map()
  const counts = await countsOf(store, scope, asked, nowUs)
  const noisy = asked.filter(({ findings }, index) => (counts[index] ?? 0) > findings)
  const busiest = Map.groupBy(await busiestOf(store, scope, noisy, nowUs), ({ rule }) => rule)
  return new Map(
    asked.map(({ name, findings, withinUs }, index) => {
      const made = counts[index] ?? 0
      const proposals = (busiest.get(name) ?? []).flatMap((row) => proposalOf(row) ?? [])
      return [name, { findings, withinUs, made, isNoisy: made > findings, proposals }]
    }),
  )
}

type NoiseOf = Noise & { readonly name: string }

/** In the order of the rules. */
async function countsOf(
  store: Store,
  scope: Scope,
  asked: readonly NoiseOf[],
  nowUs: number,
): Promise<readonly number[]> {
  const rows = await readRows<{ made: number }>(
    store,
    sql`select coalesce(n.made, 0)::int8 as made from ${askedRows(asked, nowUs)}
        left join lateral (
          select count(*) as made from rule r join finding f on f.rule_id = r.id join cluster c on c.id = f.cluster_id
          where r.name = i.name and f.events > 0 and f.last_time >= i.since and ${inScope(scope)}
        ) n on true
        order by i.at`,
  )
  return rows.map(({ made }) => made)
}

interface BusyRow {
  readonly rule: string
  readonly cluster: string
  readonly group: FieldValues
  readonly events: number
}

async function busiestOf(
  store: Store,
  scope: Scope,
  asked: readonly NoiseOf[],
  nowUs: number,
): Promise<readonly BusyRow[]> {
  if (asked.length === 0) return []
  return await readRows<BusyRow & Record<string, unknown>>(
    store,
    sql`select i.name as rule, n.cluster, n."group", n.events from ${askedRows(asked, nowUs)}
        cross join lateral (
          select c.name as cluster, f."group", f.events
          from rule r join finding f on f.rule_id = r.id join cluster c on c.id = f.cluster_id
          where r.name = i.name and f.events > 0 and f.last_time >= i.since and ${inScope(scope)}
          order by f.events desc, f.id limit ${proposalsMax}
        ) n
        order by i.at, n.events desc`,
  )
}

function askedRows(asked: readonly NoiseOf[], nowUs: number) {
  const names = arrayOf(
    'text',
    asked.map(({ name }) => name),
  )
  const since = arrayOf(
    'int8',
    asked.map(({ withinUs }) => nowUs - withinUs),
  )
  return sql`unnest(${names}, ${since}) with ordinality as i (name, since, at)`
}

/** How a query names what a rule groups by; it has no other word for the rest. */
const keys: Readonly<Record<string, TextKey>> = {
  actor: 'actor',
  impersonated: 'as',
  'object.namespace': 'ns',
  'object.name': 'name',
  'object.resource': 'kind',
  'object.subresource': 'sub',
  'object.uid': 'uid',
  verb: 'verb',
  class: 'class',
  outcome: 'outcome',
  ip: 'ip',
  'user-agent': 'user-agent',
}

/** Null where a query would mean more than the finding. */
function proposalOf({ cluster, group, events }: BusyRow): NoiseProposal | null {
  const parts = Object.entries(group).map(([field, value]) => termOf(field, value))
  const terms = parts.filter((term) => term !== null)
  if (terms.length === 0 || terms.length < parts.length) return null
  const match = queryText(and([matches('cluster', [[cluster]]), ...terms]))
  try {
    readExceptionMatch(match)
    return { match, events }
  } catch (error) {
    if (error instanceof QueryError) return null
    throw error
  }
}

function termOf(field: string, value: string | null): Query | null {
  const key = Object.hasOwn(keys, field) ? keys[field] : undefined
  // An empty one asks for events without a namespace; of others there is none that says so.
  if (key === undefined || (value === null && key !== 'ns')) return null
  return matches(key, [[value ?? '']])
}
