// exportSigma: rules as a file of Sigma, which reads back as the same rules.

import { queryText } from '@plaintrail/query/normal-form'
import { stringify } from 'yaml'
import type { ParsedRule } from '../parse-rules.ts'
import { parseRules } from '../parse-rules.ts'
import { latenessUsUsual } from '../read-spec.ts'
import type { Rule } from '../rule.ts'
import { detectionOfQuery } from './detection-text.ts'
import type { SigmaNote } from './note.ts'
import { sigmaLabelPrefix, sigmaLabels, sigmaTactics } from './words.ts'

export interface SigmaExport {
  /** One document a rule; those of its parts stand before a correlation. */
  readonly text: string
  /** About the rules that were given: what Sigma has no place for. */
  readonly notes: readonly Omit<SigmaNote, 'file' | 'line' | 'column'>[]
}

/** Total. */
export function exportSigma(rules: readonly Pick<ParsedRule, 'rule'>[]): SigmaExport {
  const parts = new Map(
    rules
      .flatMap(({ rule }) => partsOf(rule))
      .flatMap((part) => namesOf(part).map((name) => [name, part['detection']])),
  )
  const said = rules.map(({ rule }) => ({ rule, documents: saidAs(rule, parts) }))
  const own = new Set(said.flatMap(({ documents }) => (documents === null ? [] : namesOf(documents.at(-1) ?? {}))))
  // A rule that is one of its own, too, stands there once.
  const documents = said.flatMap(({ documents: all }) =>
    (all ?? []).filter((document) => document === all?.at(-1) || !namesOf(document).some((name) => own.has(name))),
  )
  return {
    text: documents.map(yamlOf).join('---\n'),
    notes: said.flatMap(({ rule, documents: all }) => (all === null ? [lost(rule)] : left(rule))),
  }
}

/** Null where no documents read back as the rule. What is a part of a correlation is said as that has it. */
function saidAs(rule: Rule, parts: ReadonlyMap<unknown, unknown>): readonly Document[] | null {
  const asPart = [labelOf(rule, 'id'), labelOf(rule, 'name')].map((name) => parts.get(name)).find(isMap)
  const ways = [...(asPart === undefined ? [] : [documentsOf(rule, asPart)]), documentsOf(rule)]
  return ways.find((way) => way !== null && saysTheSame(way, rule)) ?? null
}

const yamlOf = (document: Document): string => stringify(document, { lineWidth: 118 })

const lost = ({ name }: Rule): SigmaExport['notes'][number] => ({
  rule: name,
  what: 'the rule',
  why: 'Sigma has no way to say its match, its expression or its condition',
  kind: 'lost',
})

/** Texts and numbers that decide what is found. */
function judgement({ step, condition, groupBy, exceptions, on }: Rule): string {
  const stepText = ({ match, where }: Rule['step']): readonly unknown[] => [queryText(match), where?.text ?? null]
  const steps = condition.kind === 'sequence' || condition.kind === 'together' ? condition.steps.map(stepText) : []
  const counted = { ...condition, steps, ...('without' in condition && { without: stepText(condition.without) }) }
  return JSON.stringify([stepText(step), counted, groupBy, exceptions.map((one) => stepText(one.step)), on])
}

const sameJudgement = (one: Rule, other: Rule): boolean => judgement(one) === judgement(other)

/** What an export leaves out. */
function left(rule: Rule): SigmaExport['notes'] {
  const said = [
    ['summary', rule.summary !== rule.title],
    ['remediation', rule.remediation !== ''],
    ['commands', rule.commands.length > 0],
    ['controls', rule.controls.length > 0],
    ['owner', rule.owner !== null],
    ['needs', rule.needs.level !== null || rule.needs.stage !== null],
    ['params', Object.keys(rule.params).some((name) => name !== 'sigma')],
    ['labels', Object.keys(rule.labels).some((name) => !name.startsWith(sigmaLabelPrefix))],
    ['state', rule.state !== 'active' && !(rule.state === 'off' && isRetired(rule))],
    ['lateness', rule.latenessUs !== latenessUsUsual],
    ['noise', rule.noise !== null],
  ] as const
  return said
    .filter(([, isSaid]) => isSaid)
    .map(([what]) => ({ rule: rule.name, what, why: 'Sigma has no place for it', kind: 'changed' }))
}

const labelOf = ({ labels }: Rule, name: string): string | undefined => labels[`${sigmaLabelPrefix}${name}`]
const isRetired = (rule: Rule): boolean => ['deprecated', 'unsupported'].includes(labelOf(rule, 'status') ?? '')

type Document = Readonly<Record<string, unknown>>

const logsource = { product: 'kubernetes', service: 'audit' }

const saysTheSame = (documents: readonly Document[], rule: Rule): boolean =>
  parseRules(documents.map(yamlOf).join('---\n')).rules.some((parsed) => sameJudgement(parsed.rule, rule))

const keptOf = ({ params }: Rule): Document => (isMap(params['sigma']) ? params['sigma'] : {})

/** The rules of a correlation. */
function partsOf(rule: Rule): readonly Document[] {
  const { correlation, rules } = keptOf(rule)
  return isMap(correlation) && Array.isArray(rules) ? rules.filter(isMap) : []
}

const namesOf = ({ id, name }: Document): readonly unknown[] => [id, name].filter((one) => one !== undefined)

/** Null where there is no detection to say it with. */
function documentsOf(rule: Rule, asPart?: Document): readonly Document[] | null {
  const { detection = asPart, correlation } = keptOf(rule)
  const parts = partsOf(rule)
  if (isMap(correlation) && parts.length > 0)
    return [
      ...parts.map((part) => ({ ...part, logsource, level: 'informational' })),
      { ...head(rule), correlation, ...tail(rule) },
    ]
  const own = isMap(detection) ? detection : rule.condition.kind === 'each' ? detectionOfRule(rule) : null
  return own === null ? null : [{ ...head(rule), logsource, detection: own, ...tail(rule) }]
}

function detectionOfRule({ step, exceptions, on }: Rule): object | null {
  return step.where === null && exceptions.length === 0 && on === 'event' ? detectionOfQuery(step.match) : null
}

const isMap = (value: unknown): value is Document =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function head(rule: Rule): Document {
  const labels = sigmaLabels
    .map((name) => [name, labelOf(rule, name)] as const)
    .filter(([, text]) => text !== undefined)
  const related = (labelOf(rule, 'related') ?? '')
    .split(', ')
    .map((one) => one.split(' '))
    .filter((words) => words.length === 2)
    .map(([type, id]) => ({ id, type }))
  return {
    title: rule.title,
    ...Object.fromEntries(labels),
    ...(related.length > 0 && { related }),
    ...(rule.description !== '' && { description: rule.description }),
    ...(rule.references.length > 0 && { references: rule.references }),
  }
}

const levels = { info: 'informational', low: 'low', medium: 'medium', high: 'high', critical: 'critical' } as const

function tail(rule: Rule): Document {
  const others = (labelOf(rule, 'tags') ?? '').split(', ').filter((tag) => tag !== '')
  const tags = [...rule.attack.map(tagOf), ...others]
  return {
    ...(rule.falsePositives.length > 0 && { falsepositives: rule.falsePositives }),
    level: levels[rule.severity],
    ...(tags.length > 0 && { tags }),
  }
}

function tagOf(id: string): string {
  const tactic = [...sigmaTactics].find(([, known]) => known === id)?.[0]
  return `attack.${tactic ?? id.toLowerCase()}`
}
