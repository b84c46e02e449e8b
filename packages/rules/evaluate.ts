// evaluate: what a rule says of one event. Pure: the same rule and subject always give the same.

import { kindOf, Unknown, type Value } from '@plaintrail/cel/value'
import type { Level } from '@plaintrail/event/event'
import type { JsonObject } from '@plaintrail/history/json-values'
import { RuleBindings } from './bindings.ts'
import { countedFields, type CompiledRule, type CompiledStep, type CompiledWhere } from './compile-rule.ts'
import type { Evaluation, FieldValues, Missing } from './evaluation.ts'
import { fieldValue } from './field-value.ts'
import type { FieldName } from './fields.ts'
import type { Rule } from './rule.ts'
import type { Subject } from './subject.ts'
import { placeOfPlace } from './text-in-file.ts'

/** What one `where` may cost: steps, items and 64 characters each; some milliseconds. */
export const whereCostMax = 100_000

export type Verdict =
  | { readonly kind: 'yes' }
  | { readonly kind: 'no' }
  | { readonly kind: 'open'; readonly missing: readonly Missing[] }
  | Extract<Evaluation, { readonly kind: 'error' }>

/** `bindings` may be shared by all rules that judge one subject. */
export function evaluate(compiled: CompiledRule, subject: Subject, bindings = new RuleBindings(subject)): Evaluation {
  const own = judgeRule(compiled, subject, bindings)
  if (own.kind === 'no' && compiled.steps.length === 1) return noMatch
  const verdicts = compiled.steps.map((step, index) =>
    index === 0 ? own : judgeStep(compiled.rule, step, subject, bindings),
  )
  const steps = verdicts.flatMap(({ kind }, index) => (kind === 'yes' ? [index] : []))
  if (steps.length > 0) {
    const { rule } = compiled
    return {
      kind: 'match',
      steps,
      group: rule.groupBy.map((name) => textOf(name, subject)),
      value: countedValue(rule, subject),
    }
  }
  const error = verdicts.find((verdict) => verdict.kind === 'error')
  if (error !== undefined) return error
  const missing = verdicts.flatMap((verdict) => (verdict.kind === 'open' ? verdict.missing : []))
  return verdicts.some(({ kind }) => kind === 'open') ? { kind: 'insufficient', missing: distinct(missing) } : noMatch
}

const noMatch: Evaluation = { kind: 'no-match' }
const yes: Verdict = { kind: 'yes' }
const no: Verdict = { kind: 'no' }

/** Of a rule on gaps: `gap` is as rules.md has it; a group has the cluster at most. */
export function evaluateGap(
  { rule, steps: [step], exceptions }: CompiledRule,
  cluster: string,
  gap: JsonObject,
): Evaluation {
  const bindings = { ...whereParams(rule), gap: gap as { readonly [key: string]: Value } }
  const judged = (where: CompiledWhere | null): Verdict => (where === null ? yes : judgeWhere(where, bindings))
  const verdict = joined([judged(step?.where ?? null), ...exceptions.map(({ where }) => negated(judged(where)))])
  switch (verdict.kind) {
    case 'yes':
      return {
        kind: 'match',
        steps: [0],
        group: rule.groupBy.map((name) => (name === 'cluster' ? cluster : null)),
        value: null,
      }
    case 'no':
      return noMatch
    case 'open':
      return { kind: 'insufficient', missing: verdict.missing }
    case 'error':
      return verdict
    default:
      return verdict satisfies never
  }
}

/** What a rule's texts tell of an event that it matched. */
export function fieldValues({ tells }: CompiledRule, subject: Subject): FieldValues {
  return Object.fromEntries(tells.map((name) => [name, textOf(name, subject)]))
}

/** What is not known is none. */
function textOf(name: FieldName, subject: Subject): string | null {
  const value = fieldValue(name, subject)
  return value.isKnown ? value.value : null
}

/** Null where nothing that is counted by is there. */
function countedValue(rule: Rule, subject: Subject): string | null {
  const values = countedFields(rule).map((name) => textOf(name, subject))
  if (values.every((value) => value === null)) return null
  return values.length === 1 ? (values[0] ?? null) : JSON.stringify(values)
}

/** Its own step: exceptions and needs are about this one alone. What does not match for one reason does not match. */
function judgeRule(compiled: CompiledRule, subject: Subject, bindings: RuleBindings): Verdict {
  const { rule, steps, exceptions } = compiled
  const [own] = steps
  const matched = own === undefined ? no : judgeMatch(own, subject)
  if (own === undefined || matched.kind === 'no') return no
  // Most events that an expression is asked of are none of it, so it goes before the exceptions.
  const where = own.where === null ? yes : judgeWhereOf(rule, own.where, bindings)
  if (where.kind === 'no') return no
  const excepted: Verdict[] = []
  for (const exception of exceptions) {
    const verdict = negated(judgeStep(rule, exception, subject, bindings))
    if (verdict.kind === 'no') return no
    excepted.push(verdict)
  }
  return joined([matched, ...excepted, where, judgeNeeds(rule, subject)])
}

function judgeStep(rule: Rule, step: CompiledStep, subject: Subject, bindings: RuleBindings): Verdict {
  const matched = judgeMatch(step, subject)
  if (matched.kind === 'no' || step.where === null) return matched
  return joined([matched, judgeWhereOf(rule, step.where, bindings)])
}

export function judgeMatch({ match, namesStage }: CompiledStep, subject: Subject): Verdict {
  if (!namesStage && subject.event.stage === 'RequestReceived') return no
  const truth = match.judge(subject)
  if (truth === null) return { kind: 'open', missing: match.missing(subject) }
  return truth ? yes : no
}

/** One `no` decides; then an error is told, for it would not go away with more that is known. */
function joined(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.some(({ kind }) => kind === 'no')) return no
  const error = verdicts.find(({ kind }) => kind === 'error')
  if (error !== undefined) return error
  const open = verdicts.filter((verdict) => verdict.kind === 'open')
  return open.length === 0 ? yes : { kind: 'open', missing: open.flatMap(({ missing }) => missing) }
}

function negated(verdict: Verdict): Verdict {
  switch (verdict.kind) {
    case 'yes':
      return no
    case 'no':
      return yes
    case 'open':
    case 'error':
      return verdict
    default:
      return verdict satisfies never
  }
}

const ranks: Readonly<Record<Level, number>> = { Unknown: 0, None: 0, Metadata: 1, Request: 2, RequestResponse: 3 }

function judgeNeeds({ needs: { level } }: Rule, { event }: Subject): Verdict {
  if (level === null || ranks[event.level] >= ranks[level]) return yes
  return {
    kind: 'open',
    missing: [{ what: 'level', because: `the rule needs level ${level} and it was recorded at ${event.level}` }],
  }
}

const whereParams = ({ params }: Rule): Record<string, Value> => ({
  params: params as { readonly [key: string]: Value },
})

/** What an expression is given. */
export function whereBindings(
  rule: Rule,
  { names, eventFields }: CompiledWhere,
  bindings: RuleBindings,
): Record<string, Value> {
  const given = whereParams(rule)
  for (const name of names) given[name] = bindings.value(name, eventFields)
  return given
}

export function judgeWhereOf(rule: Rule, where: CompiledWhere, bindings: RuleBindings): Verdict {
  const given = whereBindings(rule, where, bindings)
  const verdict = judgeWhere(where, given, bindings)
  if (verdict.kind !== 'error' || !leaveOpenWhatIsNone(given)) return verdict
  const other = judgeWhere(where, given, bindings)
  return other.kind === 'no' ? no : other.kind === 'open' ? other : verdict
}

const states = ['object', 'oldObject', 'certificateRequest'] as const
const bodies = ['request', 'response'] as const

/** A field of what there is none of is not wrong: nothing is like that. False where there is all of it. */
function leaveOpenWhatIsNone(given: Record<string, Value>): boolean {
  const noStates = states.filter((name) => given[name] === null)
  const noBodies = bodies.filter((name) => bodyIn(given[name]) === null)
  for (const name of noStates) given[name] = new Unknown(ofNone)
  for (const name of noBodies) given[name] = { ...(given[name] as object), object: new Unknown(ofNone) }
  return noStates.length + noBodies.length > 0
}

/** Undefined where the rule does not ask for it, or it is not known. */
const bodyIn = (value: Value | undefined): unknown =>
  typeof value === 'object' && value !== null && 'object' in value ? value['object'] : undefined

/** In place of a pointer, to what is asked of a state that there is none of. */
const ofNone = 'none'

function judgeWhere(
  { where, program }: CompiledWhere,
  given: Readonly<Record<string, Value>>,
  bindings?: RuleBindings,
): Verdict {
  const result = program.evaluate(given, { costMax: whereCostMax })
  switch (result.kind) {
    case 'value':
      if (typeof result.value === 'boolean') return result.value ? yes : no
      return errorAt(where, `where must give true or false, and gave ${kindOf(result.value)}`)
    case 'unknown': {
      const open = result.paths.filter((path) => !path.startsWith(ofNone) && bindings?.isOfNothing(path) !== true)
      if (open.length === 0) return no
      return {
        kind: 'open',
        missing: open.map((what) => ({ what, because: bindings?.because(what) ?? 'it was not recorded' })),
      }
    }
    case 'error':
      return { kind: 'error', says: result.says, ...placeOfPlace(where, result.at) }
    case 'over-budget':
      return { ...errorAt(where, `where costs more than it may (${whereCostMax} steps)`), isCostly: true }
    default:
      return result satisfies never
  }
}

const errorAt = (
  { line, column }: CompiledWhere['where'],
  says: string,
): Extract<Verdict, { readonly kind: 'error' }> => ({
  kind: 'error',
  says,
  line,
  column,
})

const distinct = (missing: readonly Missing[]): readonly Missing[] => [
  ...new Map(missing.map((one) => [`${one.what}\n${one.because}`, one])).values(),
]
