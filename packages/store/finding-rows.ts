// Rows of findings: made where they are new, locked until the commit, and written with what their hits come to.

import type { FieldValues } from '@plaintrail/rules/evaluation'
import type { Severity } from '@plaintrail/rules/rule'
import type { FindingState } from '@plaintrail/rules/triage'
import type { PoolClient } from 'pg'

/** What a version of a rule says of a finding by its last hit. */
export interface ToldFinding {
  readonly version: number
  readonly severity: Severity
  readonly controls: readonly string[]
  readonly summary: string
  readonly fields: FieldValues
}

export interface NewFinding extends ToldFinding {
  /** A UUID. */
  readonly id: string
  readonly ruleId: number
  /** What it is of: the rule's fields in their order. */
  readonly group: FieldValues
}

export interface LockedFinding {
  readonly id: string
  readonly ruleId: number
  /** Requests that count, and how many of them retention took the hits of. */
  readonly events: number
  readonly expired: number
  readonly firstUs: number | null
  readonly lastUs: number | null
  readonly state: FindingState
}

/**
 * By id. Made and then locked in the order of the ids, so that two who judge lanes of one cluster wait for each other and
 * never both: who makes one waits only for makers of lower ids, who locks one has made all of his.
 */
export async function lockFindings(
  client: PoolClient,
  clusterId: number,
  findings: readonly NewFinding[],
): Promise<ReadonlyMap<string, LockedFinding>> {
  const own = [...new Map(findings.map((finding) => [finding.id, finding])).values()].toSorted(byId)
  if (own.length === 0) return new Map()
  await client.query({
    name: 'make-findings',
    text: `
      insert into finding (cluster_id, id, rule_id, version, severity, controls, summary, "group", fields)
      select $1, i.id, i.rule_id, i.version, i.severity, array(select jsonb_array_elements_text(i.controls)), i.summary,
        i."group", i.fields
      from unnest($2::uuid[], $3::int4[], $4::int4[], $5::text[], $6::jsonb[], $7::text[], $8::jsonb[], $9::jsonb[])
        as i (id, rule_id, version, severity, controls, summary, "group", fields)
      order by i.id on conflict (id) do nothing`,
    values: [
      clusterId,
      own.map(({ id }) => id),
      own.map(({ ruleId }) => ruleId),
      ...toldArrays(own),
      own.map(({ group }) => JSON.stringify(group)),
      own.map(({ fields }) => JSON.stringify(fields)),
    ],
  })
  return await lockKnown(
    client,
    own.map(({ id }) => id),
  )
}

/** Those that there are of these, by id. */
export async function lockKnown(
  client: PoolClient,
  ids: readonly string[],
): Promise<ReadonlyMap<string, LockedFinding>> {
  const { rows } = await client.query<LockedFinding>({
    name: 'lock-findings',
    text: `select f.id::text as id, f.rule_id as "ruleId", f.events, f.expired, f.first_time as "firstUs",
             f.last_time as "lastUs", f.state
           from finding f where f.id = any($1::uuid[]) order by f.id for update`,
    values: [ids],
  })
  return new Map(rows.map((row) => [row.id, row]))
}

export interface CountedFinding {
  readonly id: string
  readonly events: number
  readonly firstUs: number | null
  readonly lastUs: number | null
  /** Null where it is as it was, or nothing counts any more. */
  readonly told: ToldFinding | null
}

/** Opened is what had nothing that counts and has something now. */
export async function writeFindings(client: PoolClient, findings: readonly CountedFinding[]): Promise<void> {
  if (findings.length === 0) return
  await client.query({
    name: 'write-findings',
    text: `
      update finding f set events = i.events, first_time = i.first_time, last_time = i.last_time,
        opened_at = case when i.events = 0 then null else coalesce(f.opened_at, now()) end
      from unnest($1::uuid[], $2::int8[], $3::int8[], $4::int8[]) as i (id, events, first_time, last_time)
      where f.id = i.id`,
    values: [
      findings.map(({ id }) => id),
      findings.map(({ events }) => events),
      findings.map(({ firstUs }) => firstUs),
      findings.map(({ lastUs }) => lastUs),
    ],
  })
  const told = findings.flatMap(({ id, told: said }) => (said === null ? [] : [{ id, ...said }]))
  if (told.length === 0) return
  await client.query({
    name: 'tell-findings',
    text: `
      update finding f set version = i.version, severity = i.severity,
        controls = array(select jsonb_array_elements_text(i.controls)), summary = i.summary, fields = i.fields
      from unnest($1::uuid[], $2::int4[], $3::text[], $4::jsonb[], $5::text[], $6::jsonb[])
        as i (id, version, severity, controls, summary, fields)
      where f.id = i.id`,
    values: [told.map(({ id }) => id), ...toldArrays(told), told.map(({ fields }) => JSON.stringify(fields))],
  })
}

/** Version, severity, controls, summary. */
function toldArrays(told: readonly ToldFinding[]): readonly [number[], string[], string[], string[]] {
  return [
    told.map(({ version }) => version),
    told.map(({ severity }) => severity),
    told.map(({ controls }) => JSON.stringify(controls)),
    told.map(({ summary }) => summary),
  ]
}

/** A UUID's text is in the order in which Postgres has UUIDs. */
const byId = (a: NewFinding, b: NewFinding): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
