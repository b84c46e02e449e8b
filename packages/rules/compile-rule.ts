// compileRule: a rule as something that evaluates: its queries and expressions compiled once, and what of an event they read.

import { compileCel, type CelProgram, type PlacedRead } from '@plaintrail/cel/compile-cel'
import { asksInitiator, asksHistory } from '@plaintrail/query/field-terms'
import { asksFindings } from '@plaintrail/query/finding-terms'
import { nearestWord } from '@plaintrail/query/nearest-word'
import type { VariableName } from './bindings.ts'
import { eventFields } from './event-value.ts'
import { placeholder } from './filled-text.ts'
import { fieldNames, type FieldName } from './fields.ts'
import { compileQuery, type Asked } from './judge-query.ts'
import { namesStage } from './named-stages.ts'
import type { RuleError } from './rule-error.ts'
import { variablesOf } from './rule-variables.ts'
import type { Rule, Step, Where } from './rule.ts'
import type { CostlyPart } from './subject.ts'
import { placeOfPlace } from './text-in-file.ts'

export interface CompiledRule {
  readonly rule: Rule
  /** The rule's own, and those of its condition after it. */
  readonly steps: readonly CompiledStep[]
  readonly exceptions: readonly CompiledException[]
  readonly reads: RuleReads
  /** What its texts tell with. */
  readonly tells: readonly FieldName[]
}

export interface CompiledStep {
  readonly step: Step
  readonly match: Asked
  /** Whether it says which stages it means; else every stage but RequestReceived is. */
  readonly namesStage: boolean
  readonly where: CompiledWhere | null
}

export interface CompiledException extends CompiledStep {
  readonly name: string
}

export interface CompiledWhere {
  readonly where: Where
  readonly program: CelProgram
  /** Variables that it names, without `params` and `gap`. */
  readonly names: readonly VariableName[]
  /** Fields of `event` that it may read. */
  readonly eventFields: readonly string[]
}

export interface RuleReads {
  /** It reads more than what stands in columns: the event as it was sent. */
  readonly body: boolean
  readonly costly: ReadonlySet<CostlyPart>
}

export type RuleCompilation =
  | { readonly ok: true; readonly compiled: CompiledRule }
  /** With places in the file. */
  | { readonly ok: false; readonly errors: readonly RuleError[] }

/** Nothing is thrown, whatever the rule; one that parseRules gave compiles. */
export function compileRule(rule: Rule): RuleCompilation {
  const errors: RuleError[] = []
  const steps = [rule.step, ...stepsOf(rule)].map((step) => compileStep(step, rule.on, errors))
  // Which stages are judged is said by what they are exceptions of.
  const exceptions = rule.exceptions.map(({ name, step }) => ({
    ...compileStep(step, rule.on, errors),
    name,
    namesStage: true,
  }))
  if (errors.length > 0) return { ok: false, errors }
  const compiled = { rule, steps, exceptions, tells: toldFields(rule) }
  return { ok: true, compiled: { ...compiled, reads: readsOf(compiled) } }
}

function stepsOf({ condition }: Rule): readonly Step[] {
  switch (condition.kind) {
    case 'sequence':
    case 'together':
      return condition.steps
    case 'absence':
      return [condition.without]
    case 'each':
    case 'count':
    case 'distinct':
    case 'first-seen':
      return []
    default:
      return condition satisfies never
  }
}

function compileStep(step: Step, on: Rule['on'], errors: RuleError[]): CompiledStep {
  const { match, matchAt } = step
  if (asksFindings(match)) {
    const { line, column } = matchAt ?? { line: 1, column: 1 }
    errors.push({
      message: 'could not use what rules found in a rule',
      line,
      column,
      hint: 'A rule judges events alone.',
    })
  }
  return {
    step,
    match: asksFindings(match) ? never : compileQuery(match),
    namesStage: namesStage(match),
    where: step.where === null ? null : compileWhere(step.where, on, errors),
  }
}

const never: Asked = { judge: () => false, missing: () => [], cost: 0 }

function compileWhere(where: Where, on: Rule['on'], errors: RuleError[]): CompiledWhere | null {
  const fault = (
    place: { readonly line: number; readonly column: number },
    message: string,
    hint: string | null,
  ): void => {
    errors.push({ ...placeOfPlace(where, place), message: `where: ${message}`, hint })
  }
  const compiled = compileCel(where.text, { variables: variablesOf(on) })
  if (!compiled.ok) {
    for (const { message, line, column, hint } of compiled.errors) fault({ line, column }, message, hint ?? null)
    return null
  }
  const { program } = compiled
  if (program.gives !== 'bool' && program.gives !== 'dyn') {
    fault({ line: 1, column: 1 }, `it must give true or false, and gives ${program.gives}`, 'Compare it: … == 0')
  }
  for (const read of program.reads.filter(isNoField)) {
    const name = read.path[1] ?? ''
    const near = nearestWord(name, eventFields)
    fault(read, `event has no "${name.slice(0, 60)}"`, near === null ? null : `Did you mean event.${near}?`)
  }
  const named = new Set(program.reads.map(({ path }) => path[0]))
  return {
    where,
    program,
    names: variableNames.filter((name) => named.has(name)),
    eventFields: fieldsRead(program.reads),
  }
}

/** All where it may read any. */
function fieldsRead(reads: readonly PlacedRead[]): readonly string[] {
  const read = reads.filter(({ path: [variable] }) => variable === 'event').map(({ path: [, field] }) => field)
  return read.includes(undefined) ? eventFields : eventFields.filter((field) => read.includes(field))
}

const isNoField = ({ path: [variable, field], isSafe }: PlacedRead): boolean =>
  variable === 'event' && field !== undefined && !isSafe && !eventFields.includes(field)

const variableNames = [
  'event',
  'actor',
  'impersonated',
  'initiator',
  'object',
  'oldObject',
  'diff',
  'request',
  'response',
  'podSpec',
  'containers',
  'certificateRequest',
] as const satisfies readonly VariableName[]

function toldFields({ summary, remediation, commands }: Rule): readonly FieldName[] {
  const named = new Set(
    [summary, remediation, ...commands].flatMap((text) => [...text.matchAll(placeholder)].map(([, name]) => name)),
  )
  return fieldNames.filter((name) => named.has(name))
}

function readsOf({ rule, steps, exceptions, tells }: Omit<CompiledRule, 'reads'>): RuleReads {
  const all = [...steps, ...exceptions]
  const paths = all.flatMap(({ where }) => where?.program.reads.map(({ path }) => path) ?? [])
  const fields = new Set([...rule.groupBy, ...countedFields(rule), ...tells])
  const costly = new Set<CostlyPart>(paths.flatMap(costlyPartOf))
  if (fields.has('initiator') || all.some(({ step }) => asksInitiator(step.match))) costly.add('initiator')
  if (all.some(({ step }) => asksHistory(step.match))) costly.add('changes')
  return { costly, body: paths.some(isOfBody) || fields.has('workload') || fields.has('request-uri') }
}

/** Fields that its condition counts by. */
export function countedFields({ condition }: Rule): readonly FieldName[] {
  if (condition.kind === 'distinct') return [condition.of]
  return condition.kind === 'first-seen' ? condition.of : []
}

function costlyPartOf([variable, field]: readonly string[]): readonly CostlyPart[] {
  if (variable === 'diff') return ['changes']
  if (variable === 'oldObject' || variable === 'initiator') return [variable]
  return variable === 'event' && (field === undefined || field === 'auditIDReused') ? ['isAuditIDReused'] : []
}

const bodies: ReadonlySet<string | undefined> = new Set([
  'object',
  'request',
  'response',
  'podSpec',
  'containers',
  'certificateRequest',
])
const sentFields: ReadonlySet<string> = new Set([
  'event/annotations',
  'event/requestURI',
  'event/params',
  'event/command',
  'actor/uid',
  'actor/extra',
])

function isOfBody([variable, field]: readonly string[]): boolean {
  if (variable === 'event' || variable === 'actor') return field === undefined || sentFields.has(`${variable}/${field}`)
  return bodies.has(variable)
}
