// readCorrelation: a correlation of Sigma as the steps, the condition and the groups of a rule file.

import type { FieldName } from '../fields.ts'
import { jsonOf, kindWords, type Located, type LocatedMap } from '../located.ts'
import { atLeastMax } from '../read-condition.ts'
import { sigmaGroupField } from './fields.ts'
import { joinedSigma, type SigmaNode } from './node.ts'
import { SigmaProblem, type TellSigma } from './note.ts'
import type { SigmaCorrelation, SigmaRule } from './rule.ts'

export interface CorrelationReading {
  /** The rule's own match, and the steps of its condition after it. */
  readonly steps: readonly SigmaNode[]
  readonly condition: CorrelationCondition
  readonly groupBy: readonly FieldName[]
  readonly rules: readonly SigmaRule[]
  /** Whether those are rules of their own as well. */
  readonly isGenerated: boolean
}

type CorrelationCondition =
  | { readonly kind: 'each' }
  | { readonly kind: 'count'; readonly atLeast: number; readonly within: string }
  | { readonly kind: 'distinct'; readonly of: FieldName; readonly atLeast: number; readonly within: string }
  | { readonly kind: 'then' | 'with'; readonly within: string }

/** What others are called by: an id or a name. Null where there is none, or it is a correlation itself. */
export type FindSigma = (name: string) => SigmaRule | 'correlation' | 'wrong' | 'several' | null

const types = ['event_count', 'value_count', 'temporal', 'temporal_ordered'] as const
/** Of rules: the steps of a condition here. */
const rulesMax = 6

/** Throws SigmaProblem. */
export function readCorrelation(
  { correlation, root }: SigmaCorrelation,
  find: FindSigma,
  tell: TellSigma,
): CorrelationReading {
  const field = (name: string): Located | undefined => correlation.entries.get(name)?.value
  const at = (name: string): number => correlation.entries.get(name)?.from ?? correlation.from
  for (const [name, entry] of correlation.entries)
    if (!known.has(name))
      throw new SigmaProblem(
        name === 'field'
          ? 'the field that is counted stands in the condition: write it there'
          : `could not carry over "${name.slice(0, 60)}" of a correlation`,
        entry.from,
      )
  const written = wordOf(field('type'))
  const type = types.find((one) => one === written)
  if (type === undefined)
    throw new SigmaProblem(
      `could not carry over correlations of the type "${written.slice(0, 60)}": a rule here counts and compares times`,
      at('type'),
    )
  const rules = readRules(field('rules'), find, at('rules'))
  const within = readTimespan(field('timespan'), at('timespan'))
  const aliases = field('aliases')
  const groupBy = readGroups(field('group-by'), { aliases, rules, at: at('group-by') })
  const isGenerated = isTrue(field('generate')) || isTrue(root.entries.get('generate')?.value)
  const condition = field('condition')
  const shared = { groupBy, rules, isGenerated }
  if (type === 'temporal' || type === 'temporal_ordered') {
    if (rules.length < 2) throw new SigmaProblem('it takes two rules or more to be one after the other', at('rules'))
    if (rules.length > rulesMax) throw new SigmaProblem(`it has more than ${rulesMax} rules`, at('rules'))
    checkAll(condition, rules, at('condition'))
    return {
      ...shared,
      steps: rules.map(({ node }) => node),
      condition: { kind: type === 'temporal' ? 'with' : 'then', within },
    }
  }
  const own = [
    joinedSigma(
      'or',
      rules.map(({ node }) => node),
    ),
  ]
  const atLeast = readAtLeast(condition, at('condition'))
  if (type === 'event_count') {
    if (atLeast === 1)
      tell({ what: 'timespan', why: 'one event is enough, whenever', kind: 'changed', at: at('timespan') })
    return { ...shared, steps: own, condition: atLeast === 1 ? { kind: 'each' } : { kind: 'count', atLeast, within } }
  }
  const of = readCounted(condition, { aliases, rules, at: at('condition') })
  if (atLeast === 1) throw new SigmaProblem('one value is every event that has it: write it as a rule', at('condition'))
  return { ...shared, steps: own, condition: { kind: 'distinct', of, atLeast, within } }
}

const known: ReadonlySet<string> = new Set([
  'type',
  'rules',
  'group-by',
  'timespan',
  'condition',
  'aliases',
  'generate',
])

const wordOf = (value: Located | undefined): string => (value?.kind === 'text' ? value.text.trim() : '')
const isTrue = (value: Located | undefined): boolean => value?.kind === 'scalar' && value.value === true

const listOf = (value: Located | undefined): readonly Located[] =>
  value?.kind === 'list'
    ? value.items
    : value === undefined || (value.kind === 'scalar' && value.value === null)
      ? []
      : [value]

function readRules(value: Located | undefined, find: FindSigma, at: number): readonly SigmaRule[] {
  const items = listOf(value)
  if (items.length === 0) throw new SigmaProblem('it names no rules', at)
  const found = items.map((item) => {
    const name = wordOf(item)
    const rule = find(name)
    if (rule === 'correlation')
      throw new SigmaProblem(
        `"${name.slice(0, 60)}" is a correlation itself, and rules here judge events alone`,
        item.from,
      )
    if (rule === 'several') throw new SigmaProblem(`several rules are called "${name.slice(0, 60)}"`, item.from)
    if (rule === 'wrong') throw new SigmaProblem(`the rule "${name.slice(0, 60)}" could not be carried over`, item.from)
    if (rule === null) throw new SigmaProblem(`there is no rule "${name.slice(0, 60)}" among these files`, item.from)
    return rule
  })
  const again = items[found.findIndex((rule, index) => found.indexOf(rule) < index)]
  if (again !== undefined) throw new SigmaProblem(`it names "${wordOf(again).slice(0, 60)}" twice`, again.from)
  return found
}

/** `5m`; a day and less than 90 are as rules here have them. */
function readTimespan(value: Located | undefined, at: number): string {
  const text = wordOf(value)
  const [, digits = '', unit = ''] = /^(\d{1,7})([smhd])$/.exec(text) ?? []
  const seconds = Number(digits) * (unitSeconds[unit] ?? 0)
  if (seconds >= 1 && seconds <= 90 * 86_400) return `${Number(digits)}${unit}`
  throw new SigmaProblem(`could not use the timespan "${text.slice(0, 40)}": it is 1s to 90d`, value?.from ?? at)
}

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 }

interface FieldScope {
  readonly aliases: Located | undefined
  readonly rules: readonly SigmaRule[]
  readonly at: number
}

function readGroups(value: Located | undefined, scope: FieldScope): readonly FieldName[] {
  const names = listOf(value).map((item) => fieldOf(wordOf(item), { ...scope, at: item.from }))
  return [...new Set(names)]
}

/** Throws where it is none that rules here group by, or not the same one in all rules. */
function fieldOf(name: string, { aliases, rules, at }: FieldScope): FieldName {
  const alias = aliases?.kind === 'map' ? aliases.entries.get(name)?.value : undefined
  const written = alias?.kind === 'map' ? aliased(alias, rules, name) : [name]
  const fields = written.map((one) => sigmaGroupField(one))
  const [first] = fields
  const lost = fields.indexOf(null)
  if (lost !== -1 || first === undefined || first === null)
    throw new SigmaProblem(
      `could not group or count by "${(written[lost] ?? name).slice(0, 60)}": rules here have no such field`,
      at,
    )
  if (fields.some((field) => field !== first))
    throw new SigmaProblem(`"${name.slice(0, 60)}" is another field in each rule, and rules here group all by one`, at)
  return first
}

function aliased(alias: LocatedMap, rules: readonly SigmaRule[], name: string): readonly string[] {
  return rules.map((rule) => {
    const entry = [rule.name, rule.id]
      .map((key) => (key === null ? undefined : alias.entries.get(key)))
      .find((one) => one !== undefined)
    if (entry === undefined)
      throw new SigmaProblem(
        `the alias "${name.slice(0, 60)}" says nothing of the rule "${rule.title.slice(0, 60)}"`,
        alias.from,
      )
    return wordOf(entry.value)
  })
}

/** A condition of a temporal correlation that asks for all of its rules. */
function checkAll(value: Located | undefined, rules: readonly SigmaRule[], at: number): void {
  if (value === undefined) return
  const json = jsonOf(value)
  if (typeof json === 'string') {
    const names = json.split(/\s+and\s+/i).map((name) => name.trim())
    const isAll =
      rules.every(({ id, name }) => names.some((one) => one === id || one === name)) && names.length === rules.length
    if (isAll) return
  } else if (typeof json === 'object' && json !== null) {
    const numbers = Object.entries(json)
    const isAll = numbers.every(([operator, number]) =>
      operator === 'gte' || operator === 'eq'
        ? number === rules.length
        : operator === 'gt' && number === rules.length - 1,
    )
    if (isAll && numbers.length > 0) return
  }
  throw new SigmaProblem('could not carry over a condition that does not ask for all rules', at)
}

function readAtLeast(value: Located | undefined, at: number): number {
  if (value?.kind !== 'map')
    throw new SigmaProblem(`the condition is ${value === undefined ? 'missing' : kindWords(value)}`, value?.from ?? at)
  const said = [...value.entries].filter(([name]) => name !== 'field')
  const [only] = said
  if (only === undefined || said.length > 1)
    throw new SigmaProblem('the condition is not one number: a finding here has a least number alone', value.from)
  const [operator, entry] = only
  const number = entry.value.kind === 'scalar' ? entry.value.value : null
  const isNumber = typeof number === 'number' && Number.isSafeInteger(number)
  if (operator !== 'gt' && operator !== 'gte')
    throw new SigmaProblem(
      `could not carry over "${operator.slice(0, 40)}": a finding here has a least number alone`,
      entry.from,
    )
  const atLeast = isNumber ? number + (operator === 'gt' ? 1 : 0) : 0
  if (atLeast >= 1 && atLeast <= atLeastMax) return atLeast
  throw new SigmaProblem(`the number is to be 1 to ${atLeastMax}`, entry.from)
}

function readCounted(condition: Located | undefined, scope: FieldScope): FieldName {
  const value = condition?.kind === 'map' ? condition.entries.get('field')?.value : undefined
  const items = listOf(value)
  const [only] = items
  if (only === undefined) throw new SigmaProblem('the condition names no field whose values are counted', scope.at)
  if (items.length > 1) throw new SigmaProblem('could not count the values of several fields together', only.from)
  return fieldOf(wordOf(only), { ...scope, at: only.from })
}
