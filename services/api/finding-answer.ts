// findingAnswer: a finding as answers have it, its texts filled with what was found.

import { formatMicroTime } from '@plaintrail/event/time'
import { filledCommand, filledText } from '@plaintrail/rules/filled-text'
import type { Finding } from '@plaintrail/store/find-findings'
import { triageAnswer } from './triage-answer.ts'

export function findingAnswer(finding: Finding): object {
  const { id, rule, version, told, fields, firstUs, lastUs } = finding
  return {
    id,
    rule,
    version,
    title: told.title,
    severity: finding.severity,
    cluster: finding.cluster,
    group: finding.group,
    summary: summaryOf(finding),
    description: told.description,
    remediation: filledText(told.remediation, fields),
    commands: told.commands.flatMap((command) => filledCommand(command, fields) ?? []),
    controls: finding.controls,
    attack: told.attack,
    owner: told.owner,
    references: told.references,
    false_positives: told.falsePositives,
    known_from: finding.knownFromUs === null ? null : formatMicroTime(finding.knownFromUs),
    first: timeOf(firstUs),
    last: timeOf(lastUs),
    opened_at: finding.openedUs === null ? null : formatMicroTime(finding.openedUs),
    events: finding.events,
    expired_events: finding.expired,
    shadow: finding.isShadow,
    triage: triageAnswer(finding),
    links: { self: `/v1/findings/${id}`, rule: `/v1/rules/${rule}`, events: eventsPath(finding) },
  }
}

/** Nobody is to read 'for the first time in a month' of a cluster that is known for two days. */
function summaryOf({ summary, knownFromUs }: Finding): string {
  if (knownFromUs === null) return summary
  return `${summary} (nothing is known from before ${formatMicroTime(knownFromUs).slice(0, 'yyyy-mm-dd'.length)})`
}

/** An event without a usable time stands at 0. */
const timeOf = (us: number): string | null => (us === 0 ? null : formatMicroTime(us))

function eventsPath({ id, firstUs, lastUs }: Finding): string {
  return `/v1/events?vio=${id}&since=${formatMicroTime(firstUs)}&until=${formatMicroTime(lastUs + 1)}`
}
