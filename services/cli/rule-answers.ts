// What the API answers about rules and findings, as types: each is looked at once here, and taken as it is after that.
import type { components } from '@plaintrail/api-client/api-types'
import { isStoredEvent, type List } from './answers.ts'

type Schemas = components['schemas']
export type ListedRule = Schemas['ListedRule']
export type Rule = Schemas['Rule']
export type RuleVersion = Schemas['RuleVersion']
export type RuleExplanation = Schemas['RuleExplanation']
export type RuleClause = Schemas['RuleClause']
export type Finding = Schemas['Finding']
export type FindingPage = Schemas['FindingPage']
export type FindingWithEvents = Schemas['FindingWithEvents']
export type Proposal = Schemas['Proposal']
export type Exception = Schemas['Exception']
export type Step = Schemas['Step']

type Backtest = Schemas['Backtest']

type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null

const hasTexts = (fields: Fields, ...names: readonly string[]): boolean =>
  names.every((name) => typeof fields[name] === 'string')

const hasLists = (fields: Fields, ...names: readonly string[]): boolean =>
  names.every((name) => Array.isArray(fields[name]))

const listed = (value: unknown): readonly unknown[] | null =>
  isFields(value) && Array.isArray(value['data']) ? value['data'] : null

const isVersioned = (value: unknown): value is Fields =>
  isFields(value) && hasTexts(value, 'name', 'title', 'severity', 'state', 'source') && Number(value['version']) > 0

/** Enough to tell another program's answer from ours; what is within is the server's promise. */
export function isRuleList(value: unknown): value is List<ListedRule> {
  return listed(value)?.every((one) => isVersioned(one) && typeof one['findings'] === 'number') ?? false
}

export function isRuleVersionList(value: unknown): value is List<RuleVersion> {
  return listed(value)?.every(isVersioned) ?? false
}

export const isRule = (value: unknown): value is Rule => isVersioned(value) && hasTexts(value, 'text')

export function isRuleExplanation(value: unknown): value is RuleExplanation {
  return isFields(value) && hasTexts(value, 'rule', 'event', 'result') && hasLists(value, 'clauses', 'missing')
}

export function isFinding(value: unknown): value is Finding {
  return (
    isFields(value) &&
    hasTexts(value, 'id', 'rule', 'severity', 'cluster', 'summary') &&
    typeof value['events'] === 'number' &&
    hasLists(value, 'commands', 'controls', 'attack', 'references', 'false_positives') &&
    isFields(value['group']) &&
    isFields(value['triage']) &&
    hasTexts(value['triage'], 'state', 'tag')
  )
}

export function isFindingPage(value: unknown): value is FindingPage {
  if (!isFields(value) || !isFields(value['meta']) || !isFields(value['meta']['rules'])) return false
  return listed(value)?.every(isFinding) ?? false
}

export function isFindingWithEvents(value: unknown): value is FindingWithEvents {
  if (!isFinding(value) || !('evidence' in value) || !isFields(value.evidence)) return false
  return (
    hasLists(value.evidence, 'gaps') &&
    hasLists(value, 'steps', 'hidden') &&
    (listed(value.evidence)?.every(isStoredEvent) ?? false)
  )
}

export function isBacktest(value: unknown): value is Backtest {
  if (!isFields(value) || !hasTexts(value, 'id', 'rule', 'state')) return false
  return isFields(value['progress']) && isFields(value['window']) && isJudged(value['judged'])
}

const isJudged = (value: unknown): boolean => isFields(value) && hasLists(value, 'because')

export function isException(value: unknown): value is Exception {
  return isFields(value) && hasTexts(value, 'id', 'rule', 'match', 'reason', 'created_at') && isFields(value['hides'])
}

export function isExceptionList(value: unknown): value is List<Exception> {
  return listed(value)?.every(isException) ?? false
}

export function isStepList(value: unknown): value is List<Step> {
  return (
    listed(value)?.every(
      (one) => isFields(one) && hasTexts(one, 'id', 'time', 'actor', 'verb') && isFields(one['object']),
    ) ?? false
  )
}
