// ruleAnswer: a rule, and a version of one, as answers have them.

import { formatMicroTime } from '@plaintrail/event/time'
import type { ListedRule, ListedVersion } from '@plaintrail/store/find-rules'
import type { noiseAnswer } from './noise-answer.ts'
import type { RuleVersion } from '@plaintrail/store/rules'

export function ruleAnswer(rule: RuleVersion): object {
  return { ...told(rule), text: rule.text }
}

export function listedRuleAnswer(rule: ListedRule, noise: ReturnType<typeof noiseAnswer>): object {
  const { findings, lastUs } = rule
  return { ...told(rule), findings, last_found: lastUs === null ? null : formatMicroTime(lastUs), noise }
}

export function ruleVersionAnswer(version: ListedVersion, versionInForce: number | null): object {
  return {
    ...versionFields(version),
    in_force: version.version === versionInForce,
    links: { self: `${pathOf(version)}?version=${version.version}` },
  }
}

/** Of a version: it changes where what is said of it does. Plain characters only. */
export function tagOf({ version, hash, failing }: ListedVersion): string {
  return `${version}-${hash.slice(0, 16)}${failing === null ? '' : '-failing'}`
}

/** The version that If-Match names; null where it is no tag of ours. */
export function versionOfTag(tag: string): number | null {
  const [, version] = /^"(\d{1,9})-[\da-f]{16}(?:-failing)?(?:-yaml)?(?:-gzip|-br|-deflate)?"$/.exec(tag) ?? []
  return version === undefined ? null : Number(version)
}

const pathOf = ({ name }: ListedVersion): string => `/v1/rules/${name}`

function versionFields({ name, version, source, hash, author, createdUs, told: said, failing }: ListedVersion): object {
  return {
    name,
    version,
    source,
    hash,
    author,
    created_at: formatMicroTime(createdUs),
    title: said.title,
    severity: said.severity,
    state: said.state,
    failing: failing && { since: formatMicroTime(failing.sinceUs), says: failing.says },
  }
}

function told(rule: ListedVersion): object {
  const { told: said } = rule
  const self = pathOf(rule)
  return {
    ...versionFields(rule),
    description: said.description,
    owner: said.owner,
    labels: said.labels,
    on: said.on,
    group_by: said.groupBy,
    controls: said.controls,
    attack: said.attack,
    remediation: said.remediation,
    commands: said.commands,
    references: said.references,
    false_positives: said.falsePositives,
    needs: said.needs,
    links: { self, versions: `${self}/versions`, findings: `/v1/findings?rule=${rule.name}` },
  }
}
