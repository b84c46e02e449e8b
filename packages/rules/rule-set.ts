// createRuleSet: many rules over many events. Most events are controllers' noise, which no rule asks for: an event is
// looked up by what few values there are of, and only rules that are left are asked.

import type { Event } from '@plaintrail/event/event'
import { matches, not, type Query } from '@plaintrail/query/ast'
import { RuleBindings } from './bindings.ts'
import type { CompiledRule, CompiledStep } from './compile-rule.ts'
import { columnsLeaf, formLeaf, onceEach } from './early-judgement.ts'
import { evaluate } from './evaluate.ts'
import type { Evaluation } from './evaluation.ts'
import { compileQuery, type AskLeaf, type Judge, type Judged } from './judge-query.ts'
import { namespacesNeeded } from './needed-namespaces.ts'
import { remainingQuery } from './remaining-query.ts'
import type { Subject } from './subject.ts'

/** What stands in columns of a stored event. */
export type EventColumns = Pick<Subject, 'cluster' | 'event' | 'receivedUs'>

export interface RuleSet {
  /** Rules on events that are not off, by name. */
  readonly rules: readonly CompiledRule[]
  /** Those that could match or be open, by the columns alone; mostly none. By name, those about its namespace last. */
  candidates(columns: EventColumns): readonly CompiledRule[]
  /** What each of `rules` says. Rules are evaluated each for itself: what one throws is its own error. */
  evaluate(subject: Subject, rules: readonly CompiledRule[]): readonly RuleEvaluation[]
}

export interface RuleEvaluation {
  readonly compiled: CompiledRule
  readonly evaluation: Evaluation
}

/** Forms of events that are remembered; whoever chooses names of resources at will fills them, and they are dropped. */
const formsMax = 2_000

export function createRuleSet(rules: readonly CompiledRule[]): RuleSet {
  const active = rules
    .filter(({ rule }) => rule.on === 'event' && rule.state !== 'off')
    .toSorted((a, b) => (a.rule.name < b.rule.name ? -1 : 1))
  const terms = { byForm: onceEach(formLeaf), byColumns: onceEach(columnsLeaf) }
  const asked = active.map((compiled) => askedRule(compiled, terms))
  const forms = new Map<string, FormRules>()
  return {
    rules: active,
    candidates(columns) {
      const form = formOf(columns.event)
      let found = forms.get(form)
      if (found === undefined) {
        if (forms.size >= formsMax) forms.clear()
        found = rulesOfForm(asked, terms, columns)
        forms.set(form, found)
      }
      const ofOne = found.ofOne.get(columns.event.object?.namespace ?? '') ?? []
      return found.ofAny.length + ofOne.length === 0 ? none : candidatesAmong([found.ofAny, ofOne], columns)
    },
    evaluate(subject, candidates) {
      const bindings = new RuleBindings(subject)
      return candidates.map((compiled) => ({ compiled, evaluation: evaluatedApart(compiled, subject, bindings) }))
    },
  }
}

/** How terms are asked. */
interface Terms {
  readonly byForm: AskLeaf
  readonly byColumns: AskLeaf
}

interface AskedRule {
  readonly compiled: CompiledRule
  /** Of its steps: one of them must not be false. */
  readonly queries: readonly Query[]
  /** The same, by what few values there are of. */
  readonly byForm: readonly Judge[]
  /** The namespaces that it is about; null where it is about any. */
  readonly namespaces: ReadonlySet<string> | null
}

function askedRule(compiled: CompiledRule, { byForm }: Terms): AskedRule {
  const queries = compiled.steps.map((step, index) => queryOf(step, index === 0 ? compiled.exceptions : []))
  return {
    compiled,
    queries,
    byForm: queries.map((query) => compileQuery(query, byForm).judge),
    namespaces: namespacesOf(queries),
  }
}

/** What an event must be for the step, as far as queries say it. */
function queryOf({ step, namesStage }: CompiledStep, exceptions: readonly CompiledStep[]): Query {
  const excepted = exceptions.filter(({ where }) => where === null)
  const parts = [step.match, ...excepted.map((exception): Query => ({ kind: 'not', part: exception.step.match }))]
  return { kind: 'and', parts: namesStage ? parts : [...parts, notReceived] }
}

const notReceived = not(matches('stage', [['RequestReceived']]))

function namespacesOf(queries: readonly Query[]): ReadonlySet<string> | null {
  const needed = queries.map(namespacesNeeded)
  return needed.includes(null) ? null : new Set(needed.flatMap((names) => [...(names ?? [])]))
}

/** What few values there are of, in one text. */
function formOf({ object, verb, stage, level, outcome, actor, impersonated }: Event): string {
  const what = object === null ? '' : `${object.resource} ${object.apiGroup} ${object.subresource}`
  return `${what} ${verb} ${stage} ${level} ${outcome} ${actor.type} ${impersonated === null ? '' : '!'}`
}

/** A rule as it is asked of the events of one form. */
interface FormRule {
  readonly compiled: CompiledRule
  /** What is left to ask of columns; empty where the form says it all. */
  readonly left: readonly Judge[]
}

interface FormRules {
  readonly ofAny: readonly FormRule[]
  /** Those that are about a namespace, by it. */
  readonly ofOne: ReadonlyMap<string, readonly FormRule[]>
}

function rulesOfForm(rules: readonly AskedRule[], terms: Terms, columns: EventColumns): FormRules {
  const judged = judgedOf(columns)
  const ofAny: FormRule[] = []
  const ofOne = new Map<string, FormRule[]>()
  for (const rule of rules) {
    if (!mayHold(rule.byForm, judged)) continue
    const own = formRule(rule, terms, judged)
    if (rule.namespaces === null) ofAny.push(own)
    for (const namespace of rule.namespaces ?? []) {
      const others = ofOne.get(namespace)
      if (others === undefined) ofOne.set(namespace, [own])
      else others.push(own)
    }
  }
  return { ofAny, ofOne }
}

function formRule({ compiled, queries }: AskedRule, { byForm, byColumns }: Terms, judged: Judged): FormRule {
  const left = queries.map((query) => remainingQuery(query, byForm, judged)).filter((query) => query !== false)
  const isAll = left.includes(true)
  const open = isAll ? [] : left.filter((query) => typeof query !== 'boolean')
  return { compiled, left: open.map((query) => compileQuery(query, byColumns).judge) }
}

function candidatesAmong(lists: readonly (readonly FormRule[])[], columns: EventColumns): readonly CompiledRule[] {
  const judged = judgedOf(columns)
  const found: CompiledRule[] = []
  for (const rules of lists) {
    for (const { compiled, left } of rules) if (left.length === 0 || mayHold(left, judged)) found.push(compiled)
  }
  return found
}

const none: readonly CompiledRule[] = []
const notKnown = { isKnown: false, because: 'it does not stand in columns' } as const

const judgedOf = ({ cluster, event, receivedUs }: EventColumns): Judged => ({
  cluster,
  event,
  receivedUs,
  sentence: '',
  changes: notKnown,
  initiator: notKnown,
})

function mayHold(judges: readonly Judge[], judged: Judged): boolean {
  for (const judge of judges) if (judge(judged) !== false) return true
  return false
}

/** One bad rule never stops the others. */
function evaluatedApart(compiled: CompiledRule, subject: Subject, bindings: RuleBindings): Evaluation {
  try {
    return evaluate(compiled, subject, bindings)
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error)
    const { line, column } = compiled.rule.step.matchAt ?? { line: 1, column: 1 }
    return { kind: 'error', says: `could not evaluate the rule: ${says.slice(0, 300)}`, line, column }
  }
}
