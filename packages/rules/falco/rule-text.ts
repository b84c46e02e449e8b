// falcoRuleText: a rule of Falco as a rule file here, as a person would write it.

import { hash } from 'node:crypto'
import { stringify } from 'yaml'
import type { FalcoBudget } from './budget.ts'
import { tellFalcoDoubts } from './doubts.ts'
import { FalcoProblem, ofRule, type FalcoCondition } from './condition.ts'
import { falcoExceptionCondition } from './exception.ts'
import type { Reading } from './field-code.ts'
import { summaryOfOutput } from './output.ts'
import { simplified, type FalcoResolver } from './resolve.ts'
import type { FalcoRule, FalcoRuleset } from './ruleset.ts'
import { translateFalco, type FalcoParams, type TellChange } from './translation.ts'
import type { Severity } from '../rule.ts'

export interface FalcoRuleText {
  readonly name: string
  readonly text: string
}

export interface FalcoTextOptions {
  readonly ruleset: FalcoRuleset
  readonly resolver: FalcoResolver
  readonly budget: FalcoBudget
  readonly reading: Reading
  /** Names that other rules have. */
  readonly taken: ReadonlySet<string>
  readonly tell: TellChange
}

/** Labels that are tags of Falco begin with it. */
export const tagPrefix = 'falco.org/'

/** Throws FalcoProblem where the rule cannot be said here. */
export function falcoRuleText(
  rule: FalcoRule,
  { ruleset, resolver, budget, reading, taken, tell }: FalcoTextOptions,
): FalcoRuleText {
  const params: FalcoParams = new Map()
  const condition = resolver.resolved(rule.condition)
  tellFalcoDoubts(condition, ruleset, tell)
  // What is never so is known part by part, and what is always so says nothing.
  const translated = translateFalco(condition, { reading, params, tell })
  const { match, where, isNever, isOfWorkloads } = translated
  const exceptions = exceptionsOf(rule, { ruleset, budget, reading, params, tell })
  const name = nameOf(rule.name, taken)
  const isOff = isNever || !rule.isEnabled
  if (isNever) tell('condition', 'it is never so as the files have it: the rule is there, and off', ofRule)
  else if (isOff) tell('enabled', 'the rule is there, and off', ofRule)
  const tags = tagsOf(rule, tell)
  const text = stringify(
    {
      apiVersion: 'plaintrail.dev/v1',
      kind: 'Rule',
      metadata: { name, ...(tags.labels.length > 0 && { labels: Object.fromEntries(tags.labels) }) },
      spec: {
        title: titleOf(rule, tell),
        ...descriptionOf(rule),
        severity: severityOf(rule.priority, tell),
        ...(isOff && { state: 'off' }),
        match,
        ...(where !== null && { where }),
        ...(exceptions.length > 0 && { exceptions }),
        // What a controller made belongs to who made the controller's object.
        ...(isOfWorkloads && { groupBy: ['initiator', 'object.namespace'] }),
        ...summaryOf(rule, tell),
        ...(tags.attack.length > 0 && { attack: tags.attack }),
        ...(params.size > 0 && { params: Object.fromEntries(params) }),
      },
    },
    { lineWidth: 118, blockQuote: 'literal', aliasDuplicateObjects: false },
  )
  return { name, text }
}

interface ExceptionOptions extends Pick<FalcoTextOptions, 'ruleset' | 'budget' | 'reading' | 'tell'> {
  readonly params: FalcoParams
}

function exceptionsOf(
  { exceptions }: FalcoRule,
  { ruleset, budget, reading, params, tell }: ExceptionOptions,
): readonly Readonly<Record<string, string>>[] {
  return exceptions.flatMap((exception) => {
    const condition = falcoExceptionCondition(exception, { ruleset, budget })
    const said: FalcoCondition | null = condition === null ? null : simplified(condition)
    if (said === null || said.kind === 'always') {
      tell(`exception ${exception.name}`, 'it has no values, and so excepts nothing', ofRule)
      return []
    }
    const { match, where, isNever } = translateFalco(said, { reading, params, tell, isException: true })
    if (isNever || (match === '' && where === null))
      throw new FalcoProblem(`exception ${exception.name} says nothing, or always the same`, ofRule)
    return [{ name: exception.name, ...(match !== '' && { match }), ...(where !== null && { where }) }]
  })
}

/** Characters of a title, and of the name of a rule. */
const [titleMax, nameMax] = [200, 63]

function titleOf({ name }: FalcoRule, tell: TellChange): string {
  const title = clean(name.replaceAll('{{', '{ {')).replaceAll(/\s+/g, ' ').slice(0, titleMax).trim()
  if (title !== name) tell('rule', 'its name is written otherwise', ofRule)
  return title
}

/** Falco wants one, and so it may be the name again. */
function descriptionOf({ description, name }: FalcoRule): { readonly description?: string } {
  const text = clean(description)
  return text === '' || text === clean(name) ? {} : { description: text }
}

/** Without what a rule file cannot hold. */
const clean = (text: string): string =>
  // oxlint would take control characters in a pattern for a mistake.
  [...text.toWellFormed()]
    .filter((sign) => (sign >= ' ' && sign !== '\u{7f}') || sign === '\n' || sign === '\t')
    .join('')
    .trim()

/** `falco-` and its words; told apart by a part of its hash where that is too long, or another rule's. */
function nameOf(name: string, taken: ReadonlySet<string>): string {
  const words = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
  const whole = `falco-${words}`.replace(/-$/, '')
  if (words !== '' && whole.length <= nameMax && !taken.has(whole)) return whole
  const digest = hash('sha256', name).slice(0, 8)
  return `${whole.slice(0, nameMax - digest.length - 1).replace(/-$/, '')}-${digest}`
}

const severities: readonly (readonly [pattern: RegExp, severity: Severity])[] = [
  [/^critical$/i, 'critical'],
  [/^error$/i, 'high'],
  [/^warning$/i, 'medium'],
  [/^notice$/i, 'low'],
  [/^info(?:rmational)?$/i, 'info'],
]

function severityOf(priority: string, tell: TellChange): Severity {
  const known = severities.find(([pattern]) => pattern.test(priority))
  if (known !== undefined) return known[1]
  const others: readonly (readonly [string, Severity])[] = [
    ['emergency', 'critical'],
    ['alert', 'critical'],
    ['debug', 'info'],
    ['high', 'high'],
    ['low', 'low'],
  ]
  const other = others.find(([word]) => word === priority.toLowerCase())?.[1] ?? 'medium'
  tell(`priority ${clean(priority).slice(0, 60)}`, `it is ${other} here`, ofRule)
  return other
}

function summaryOf({ output, name }: FalcoRule, tell: TellChange): { readonly summary?: string } {
  const { text, lost } = summaryOfOutput(clean(output))
  if (lost.length > 0) tell('output', `a summary has no field for ${[...new Set(lost)].join(', ')}`, ofRule)
  if (text.length > summaryMax) tell('output', `only its first ${summaryMax} characters are kept`, ofRule)
  const summary = cut(text)
  return summary === '' || summary === clean(name) ? {} : { summary }
}

/** Characters of a summary. */
const summaryMax = 1_000

/** Not within a field. */
function cut(text: string): string {
  if (text.length <= summaryMax) return text
  const short = text.slice(0, summaryMax)
  return (short.lastIndexOf('{{') > short.lastIndexOf('}}') ? short.slice(0, short.lastIndexOf('{{')) : short).trim()
}

/** Tags that are kept as labels. */
const labelsMax = 30

function tagsOf(
  { tags }: FalcoRule,
  tell: TellChange,
): { readonly labels: readonly (readonly [string, string])[]; readonly attack: readonly string[] } {
  const attack = [...new Set(tags.filter((tag) => isTechnique(tag)))]
  const others = [...new Set(tags.filter((tag) => !isTechnique(tag)))]
  const kept = others.filter((tag) => /^[\w./-]{1,200}$/.test(tag)).slice(0, labelsMax)
  const lost = others.filter((tag) => !kept.includes(tag))
  if (lost.length > 0) tell('tags', `there can be no label for ${clean(lost.join(', ')).slice(0, 200)}`, ofRule)
  return { labels: kept.map((tag) => [`${tagPrefix}${tag}`, 'tag'] as const), attack: attack.slice(0, 50) }
}

const isTechnique = (tag: string): boolean => /^TA?\d{4}(?:\.\d{3})?$/.test(tag)
