// RuleTold: what is kept of a version of a rule beside its text, so that it is shown without reading that again.

import type { Rule } from '@plaintrail/rules/rule'
import { storable } from './revision-row.ts'

export type RuleTold = Pick<
  Rule,
  | 'attack'
  | 'commands'
  | 'controls'
  | 'description'
  | 'falsePositives'
  | 'groupBy'
  | 'labels'
  | 'needs'
  | 'on'
  | 'owner'
  | 'references'
  | 'remediation'
  | 'severity'
  | 'state'
  | 'summary'
  | 'title'
> & {
  /** Versions that were written before rules could say it have none. */
  readonly noise?: Rule['noise']
  /** How far back a rule looks that finds what is new, in microseconds; null of others. Older versions have none. */
  readonly firstSeenUs?: number | null
}

/** As JSON that a column takes: NUL is a text in YAML, and none in Postgres. */
export function toldBy(rule: Rule): string {
  const kept: RuleTold = {
    attack: rule.attack,
    commands: rule.commands,
    controls: rule.controls,
    description: rule.description,
    falsePositives: rule.falsePositives,
    firstSeenUs: rule.condition.kind === 'first-seen' ? rule.condition.withinUs : null,
    groupBy: rule.groupBy,
    labels: rule.labels,
    needs: rule.needs,
    noise: rule.noise,
    on: rule.on,
    owner: rule.owner,
    references: rule.references,
    remediation: rule.remediation,
    severity: rule.severity,
    state: rule.state,
    summary: rule.summary,
    title: rule.title,
  }
  return JSON.stringify(kept, (_key, value: unknown) => (typeof value === 'string' ? storable(value) : value))
}
