// neededPolicy: needs of several rules as the fewest rules of an audit policy.

import { and, matches, or, type Query } from '@plaintrail/query/ast'
import type { AuditNeed, NeededLevel } from './audit-need.ts'

/** One item of `rules` of audit.k8s.io/v1 Policy (kubernetes/apiserver pkg/apis/audit/v1/types.go). */
export interface PolicyRule {
  readonly level: NeededLevel
  readonly verbs?: readonly string[]
  readonly resources?: readonly { readonly group: string; readonly resources: readonly string[] }[]
  readonly namespaces?: readonly string[]
  readonly omitStages: readonly ['RequestReceived']
}

/** Resources whose bodies are secrets or often hold one: what they hold is not sent anywhere without being asked for. */
const secretive: readonly { readonly group: string; readonly resources: readonly string[] }[] = [
  { group: '', resources: ['secrets', 'configmaps', 'serviceaccounts/token'] },
  { group: 'authentication.k8s.io', resources: ['tokenreviews'] },
]

/** Whether what would be recorded is of these alone or with others, named as such. */
export function namesSecrets({ level, resources }: AuditNeed): boolean {
  if (level === 'Metadata' || resources === null) return false
  return resources.some(({ group, resource }) =>
    secretive.some((known) => known.group === group && known.resources.includes(resource)),
  )
}

const keptSecret: PolicyRule = { level: 'Metadata', resources: secretive, omitStages: ['RequestReceived'] }

const ranks: readonly NeededLevel[] = ['RequestResponse', 'Request', 'Metadata']

/**
 * Those that record most come first, since the first that matches decides. What one of them records is in no other. Where
 * one records bodies of every resource, one before it keeps those of secrets out.
 */
export function neededPolicy(needs: readonly AuditNeed[]): readonly PolicyRule[] {
  const alone = distinct(needs).filter(
    (need, _at, all) => !all.some((other) => other !== need && isWithin(need, other)),
  )
  const together = [
    ...Map.groupBy(alone, ({ level, verbs, namespaces }) => JSON.stringify([level, verbs, namespaces])).values(),
  ]
  const rules = together
    .map(merged)
    .toSorted((one, other) => ranks.indexOf(one.level) - ranks.indexOf(other.level))
    .map(policyRule)
  const first = rules.findIndex(({ level, resources }) => level !== 'Metadata' && resources === undefined)
  return first === -1 ? rules : rules.toSpliced(first, 0, keptSecret)
}

/** The requests that it is about, whatever is recorded of them now. */
export function queryOfNeed({ verbs, resources, namespaces }: AuditNeed): Query {
  const parts: Query[] = []
  if (verbs !== null && verbs.length > 0) parts.push(matches('verb', patterns(verbs)))
  if (namespaces !== null && namespaces.length > 0) parts.push(matches('ns', patterns(namespaces)))
  if (resources !== null && resources.length > 0) {
    parts.push(or(resources.map(({ group, resource }) => ofResource(group, resource))))
  }
  return and(parts)
}

function ofResource(group: string, resource: string): Query {
  const [name = '', sub = ''] = resource.split('/')
  // The core group has no name that `kind` takes: of two groups with one resource both are counted.
  return and([matches('kind', [[group === '' ? name : `${name}.${group}`]]), matches('sub', [[sub]])])
}

const patterns = (texts: readonly string[]) => texts.map((text) => [text] as const)

function distinct(needs: readonly AuditNeed[]): readonly AuditNeed[] {
  return [...new Map(needs.map((need) => [JSON.stringify(need), need])).values()]
}

/** Whether the other records all of it, and no less of each. */
function isWithin(need: AuditNeed, other: AuditNeed): boolean {
  const isSame = JSON.stringify({ ...need, level: '' }) === JSON.stringify({ ...other, level: '' })
  const deeper = ranks.indexOf(other.level) - ranks.indexOf(need.level)
  if (deeper > 0 || (isSame && deeper === 0)) return false
  return (
    isSubset(need.verbs, other.verbs) &&
    isSubset(need.namespaces, other.namespaces) &&
    isSubset(need.resources?.map(nameOf) ?? null, other.resources?.map(nameOf) ?? null)
  )
}

function isSubset(part: readonly string[] | null, whole: readonly string[] | null): boolean {
  return whole === null || (part !== null && part.every((text) => whole.includes(text)))
}

const nameOf = ({ group, resource }: { readonly group: string; readonly resource: string }): string =>
  `${group}/${resource}`

function merged(needs: readonly AuditNeed[]): AuditNeed {
  const [first] = needs
  if (first === undefined) throw new RangeError('could not merge no needs')
  if (needs.some(({ resources }) => resources === null)) return { ...first, resources: null }
  const all = needs.flatMap(({ resources }) => resources ?? [])
  const byName = new Map(all.map((one) => [nameOf(one), one]))
  return { ...first, resources: [...byName].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one) }
}

function policyRule({ level, verbs, resources, namespaces }: AuditNeed): PolicyRule {
  const byGroup = Map.groupBy(resources ?? [], ({ group }) => group)
  return {
    level,
    ...(verbs === null ? {} : { verbs }),
    ...(resources === null
      ? {}
      : { resources: [...byGroup].map(([group, own]) => ({ group, resources: own.map(({ resource }) => resource) })) }),
    ...(namespaces === null ? {} : { namespaces }),
    omitStages: ['RequestReceived'],
  }
}
