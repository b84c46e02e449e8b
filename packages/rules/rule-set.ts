// createRuleSet: many rules over many events. Most events are controllers' noise, which no rule asks for: an event is
// looked up by what few values there are of, and only rules that are left are asked.

import type { Event } from '@plaintrail/event/event'
import type { Query } from '@plaintrail/query/ast'
import { RuleBindings } from './bindings.ts'
import type { CompiledRule } from './compile-rule.ts'
import { columnsLeaf, formLeaf } from './early-judgement.ts'
import { evaluate } from './evaluate.ts'
import type { Evaluation } from './evaluation.ts'
import { compileQuery, type Judge, type Judged } from './judge-query.ts'
import { namespacesNeeded } from './needed-namespaces.ts'
import type { Subject } from './subject.ts'

/** What stands in columns of a stored event. */
export type EventColumns = Pick<Subject, 'cluster' | 'event' | 'receivedUs'>

export interface RuleSet {
  /** Active rules on events, by name. */
  readonly rules: readonly CompiledRule[]
  /** Those that could match or be open, by the columns alone; by name, and mostly none. */
  candidates(columns: EventColumns): readonly CompiledRule[]
  /** What each of `rules` says. Rules are evaluated each for itself: what one throws is its own error. */
  evaluate(subject: Subject, rules: readonly CompiledRule[]): readonly RuleEvaluation[]
}

export interface RuleEvaluation {
  readonly compiled: CompiledRule
  readonly evaluation: Evaluation
}

/** Forms of events that are remembered; whoever chooses names of resources at will fills them, and they are dropped. */
const formsMax = 5_000

export function createRuleSet(rules: readonly CompiledRule[]): RuleSet {
  const active = rules
    .filter(({ rule }) => rule.on === 'event' && rule.state === 'active')
    .toSorted((a, b) => (a.rule.name < b.rule.name ? -1 : 1))
  const compiledOnce = active.map(judgedRule)
  const forms = new Map<string, FormRules>()
  return {
    rules: active,
    candidates(columns) {
      const form = formOf(columns.event)
      let found = forms.get(form)
      if (found === undefined) {
        if (forms.size >= formsMax) forms.clear()
        found = rulesOfForm(compiledOnce, columns)
        forms.set(form, found)
      }
      const namespace = columns.event.object?.namespace ?? ''
      const open = found.byNamespace.get(namespace) ?? found.ofAny
      if (open.length === 0) return none
      const judged = judgedOf(columns)
      return open.filter(({ byColumns }) => mayHold(byColumns, judged)).map(toCompiled)
    },
    evaluate(subject, candidates) {
      const bindings = new RuleBindings(subject)
      return candidates.map((compiled) => ({ compiled, evaluation: evaluatedApart(compiled, subject, bindings) }))
    },
  }
}

const none: readonly CompiledRule[] = []
const toCompiled = ({ compiled }: JudgedRule): CompiledRule => compiled

interface JudgedRule {
  readonly compiled: CompiledRule
  /** Of each step, by what few values there are of. */
  readonly byForm: readonly Judge[]
  readonly byColumns: readonly Judge[]
  /** The namespaces that it is about; null where it is about any. */
  readonly namespaces: ReadonlySet<string> | null
}

interface FormRules {
  /** With those of any namespace. */
  readonly byNamespace: ReadonlyMap<string, readonly JudgedRule[]>
  readonly ofAny: readonly JudgedRule[]
}

function judgedRule(compiled: CompiledRule): JudgedRule {
  const { steps } = compiled
  return {
    compiled,
    byForm: steps.map(({ step, namesStage }) => ofStages(compileQuery(step.match, formLeaf).judge, namesStage)),
    byColumns: steps.map(({ step, namesStage }) => ofStages(compileQuery(step.match, columnsLeaf).judge, namesStage)),
    namespaces: namespacesOf(steps.map(({ step }) => step.match)),
  }
}

const ofStages = (judge: Judge, namesStage: boolean): Judge =>
  namesStage ? judge : (subject) => subject.event.stage !== 'RequestReceived' && judge(subject)

function namespacesOf(matches: readonly Query[]): ReadonlySet<string> | null {
  const needed = matches.map(namespacesNeeded)
  return needed.includes(null) ? null : new Set(needed.flatMap((names) => [...(names ?? [])]))
}

/** What few values there are of, in one text. */
function formOf({ object, verb, stage, level, outcome, actor, impersonated }: Event): string {
  const what = object === null ? '' : `${object.resource} ${object.apiGroup} ${object.subresource}`
  return `${what} ${verb} ${stage} ${level} ${outcome} ${actor.type} ${impersonated === null ? '' : '!'}`
}

function rulesOfForm(rules: readonly JudgedRule[], columns: EventColumns): FormRules {
  const judged = judgedOf(columns)
  const open = rules.filter(({ byForm }) => mayHold(byForm, judged))
  const named = new Set(open.flatMap(({ namespaces }) => [...(namespaces ?? [])]))
  const of = (namespace: string): readonly JudgedRule[] =>
    open.filter(({ namespaces }) => namespaces === null || namespaces.has(namespace))
  return {
    byNamespace: new Map([...named].map((namespace) => [namespace, of(namespace)])),
    ofAny: open.filter(({ namespaces }) => namespaces === null),
  }
}

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
