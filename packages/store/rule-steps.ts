// Steps of rules: what somebody did to one, as a step of the trail that says which version was in force before and after it.

import type { PoolClient } from 'pg'
import { writeSteps, type NewStep, type StepSide, type Who } from './triage-steps.ts'

/** A version in force. */
export interface RuleInForce {
  readonly ruleId: number
  readonly name: string
  readonly version: number
  readonly source: string
  readonly hash: string
  readonly state: string
  readonly severity: string
}

/** Those of the names that some source holds, by name; sources as rules.ts has them. In the transaction of the client. */
export async function rulesInForce(
  client: PoolClient,
  names: readonly string[],
  sources: readonly string[],
): Promise<ReadonlyMap<string, RuleInForce>> {
  const { rows } = await client.query<RuleInForce>(
    `select distinct on (r.id) r.id as "ruleId", r.name, v.number as version, v.source, v.hash, v.told ->> 'state' as state,
       v.told ->> 'severity' as severity
     from rule r join rule_source s on s.rule_id = r.id join rule_version v on v.rule_id = s.rule_id and v.number = s.number
     where r.name = any($1) order by r.id, array_position($2::text[], s.source) desc`,
    [names, sources],
  )
  return new Map(rows.map((row) => [row.name, row]))
}

export interface RuleChanges {
  readonly who: Who
  /** The one that was changed. */
  readonly source: string
  /** What was in force, and is, by name; where no source held a name there is nothing. */
  readonly before: ReadonlyMap<string, RuleInForce>
  readonly after: ReadonlyMap<string, RuleInForce>
  /** Versions that were written, in force or not. */
  readonly written: readonly { readonly name: string; readonly version: number }[]
  /** Names that the source holds no longer. */
  readonly gone: readonly string[]
}

/** In the transaction of the changes. */
export async function tellRuleChanges(client: PoolClient, changes: RuleChanges): Promise<void> {
  const { who, source, written, gone } = changes
  const step = (did: 'rule-deleted' | 'rule-put', name: string, version: number | null): NewStep => {
    const [before = null, after = null] = [changes.before.get(name), changes.after.get(name)]
    return {
      ...stepOf(who, did, (after ?? before)?.ruleId ?? 0),
      before: sideOf(before),
      after: after && { ...sideOf(after), ...besideIt(after, { written: version, source }) },
    }
  }
  await writeSteps(client, [
    ...gone.map((name) => step('rule-deleted', name, null)),
    ...written.map(({ name, version }) => step('rule-put', name, version)),
  ])
}

/** It judges nothing from now on, and why. In the transaction of that. */
export async function tellFailing(client: PoolClient, who: Who, rule: RuleInForce, says: string): Promise<void> {
  const step = stepOf(who, 'rule-failing', rule.ruleId)
  await writeSteps(client, [
    { ...step, before: sideOf(rule), after: { ...sideOf(rule), state: 'failing' }, comment: says },
  ])
}

function stepOf(who: Who, did: NewStep['did'], ruleId: number): NewStep {
  const none = { findingId: null, clusterId: null, exceptionId: null, tokenId: null, reason: null, comment: null }
  return { who, did, ruleId, ...none, before: null, after: null }
}

function sideOf(rule: RuleInForce | null): StepSide | null {
  return (
    rule && { version: rule.version, source: rule.source, state: rule.state, severity: rule.severity, hash: rule.hash }
  )
}

/** Where another source comes before the one that was changed, what is in force does not say what was done. */
function besideIt(
  after: RuleInForce,
  { written, source }: { readonly written: number | null; readonly source: string },
): StepSide {
  if (written === after.version) return {}
  return { changed_source: source, ...(written === null ? {} : { written }) }
}
