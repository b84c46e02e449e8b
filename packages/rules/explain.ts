// explain: what a rule says of one event and why, the same for the same two: which terms decided, on which values.

import { CelDuration, CelObject, CelTimestamp, Failure, kindOf, Unknown, type Value } from '@plaintrail/cel/value'
import { fieldTermsOf } from '@plaintrail/query/field-terms'
import { queryText } from '@plaintrail/query/normal-form'
import { not, type Query } from '@plaintrail/query/ast'
import { RuleBindings } from './bindings.ts'
import type { CompiledRule, CompiledStep, CompiledWhere } from './compile-rule.ts'
import { evaluate, judgeMatch, judgeWhereOf, whereBindings, whereCostMax, type Verdict } from './evaluate.ts'
import type { Evaluation, Missing } from './evaluation.ts'
import { compileQuery, type Truth } from './judge-query.ts'
import { readingOf } from './readings.ts'
import type { Place } from './rule-error.ts'
import type { Rule } from './rule.ts'
import type { Subject } from './subject.ts'
import { placeOfPlace } from './text-in-file.ts'

export interface Explanation {
  readonly rule: string
  /** Of the rule's text, as parseRules gives it; null where it was not said. */
  readonly version: string | null
  readonly event: string
  readonly result: Evaluation['kind']
  readonly clauses: readonly Clause[]
  /** What would have to be known where the result is `insufficient`. */
  readonly missing: readonly Missing[]
}

export interface Clause {
  readonly clause: 'match' | 'where' | 'exception'
  /** Of an exception. */
  readonly name: string | null
  /** 0 is the rule's own; others are of its condition. */
  readonly step: number
  readonly text: string
  /** In the file, from 1; 0 where it stands in none. */
  readonly line: number
  readonly column: number
  readonly result: ClauseResult
  /** What was wrong, for `error`. */
  readonly says: string | null
  readonly decisions: readonly ClauseDecision[]
}

export type ClauseResult = 'true' | 'false' | 'unknown' | 'error'

/** A part that made the clause what it is. */
export interface ClauseDecision {
  readonly expression: string
  readonly line: number
  readonly column: number
  /** Into the variables of expressions: `/object/spec/hostPID`. Null where nothing was read. */
  readonly pointer: string | null
  /** What stands there, cut where it is long; null also where it is not known. Secrets are as they were stored. */
  readonly value: unknown
  readonly result: ClauseResult
}

/** Of a value, as JSON, in UTF-16 units. */
const valueCharsMax = 1_000
/** Of one clause. */
const decisionsMax = 100

export function explain(compiled: CompiledRule, subject: Subject, version: string | null = null): Explanation {
  const bindings = new RuleBindings(subject)
  const evaluation = evaluate(compiled, subject, bindings)
  const { rule } = compiled
  const of = { rule, subject, bindings }
  return {
    rule: rule.name,
    version,
    event: subject.id,
    result: evaluation.kind,
    clauses: [
      ...compiled.steps.flatMap((step, index) => stepClauses(of, step, { clause: 'match', name: null, step: index })),
      ...compiled.exceptions.flatMap((one) => stepClauses(of, one, { clause: 'exception', name: one.name, step: 0 })),
    ],
    missing: evaluation.kind === 'insufficient' ? evaluation.missing : [],
  }
}

interface Explained {
  readonly rule: Rule
  readonly subject: Subject
  readonly bindings: RuleBindings
}

type Named = Pick<Clause, 'clause' | 'name' | 'step'>

function stepClauses(of: Explained, step: CompiledStep, named: Named): readonly Clause[] {
  const { where } = step
  const match = matchClause(of, step, named)
  if (where === null) return [match]
  const clause = named.clause === 'match' ? 'where' : 'exception'
  return [match, whereClause(of, where, { ...named, clause })]
}

function matchClause({ subject }: Explained, compiled: CompiledStep, named: Named): Clause {
  const { matchText, matchAt, match } = compiled.step
  const { line, column } = matchAt ?? { line: 0, column: 0 }
  const verdict = judgeMatch(compiled, subject)
  const isOfOtherStage = verdict.kind === 'no' && compiled.match.judge(subject) !== false
  const decisions = isOfOtherStage
    ? [
        {
          expression: '-stage:RequestReceived',
          pointer: '/event/stage',
          value: subject.event.stage,
          result: 'false' as const,
        },
      ]
    : decidingTerms(match, subject)
  return {
    ...named,
    text: matchText,
    line,
    column,
    ...resultOf(verdict),
    decisions: decisions.slice(0, decisionsMax).map((decision) => placed(decision, { line, column })),
  }
}

type Unplaced = Omit<ClauseDecision, 'line' | 'column'>

function placed({ expression, ...more }: Unplaced, { line, column }: Place): ClauseDecision {
  return { expression, line, column, ...more }
}

/**
 * The terms that made a query what it is: of an `and` that is false, those that are false. Of what is in a `not` each is told
 * negated, as it counts.
 */
function decidingTerms(query: Query, subject: Subject, isNegated = false): readonly Unplaced[] {
  const truth = compileQuery(query).judge(subject)
  switch (query.kind) {
    case 'and':
    case 'or': {
      const fields = query.kind === 'and' ? fieldTermsOf(query.parts).map(({ term }) => term) : []
      const isOfField = (part: Query): boolean =>
        fields.some((term) => term === (part.kind === 'not' ? part.part : part))
      const [together, others] = [query.parts.filter(isOfField), query.parts.filter((part) => !isOfField(part))]
      const field: readonly FieldAsked[] = together.length === 0 ? [] : [ofField(together, subject)]
      const decisive = (own: Truth): boolean => truth === (query.kind === 'and') || own === truth
      return [
        ...field
          .filter(({ truth: own }) => decisive(own))
          .map(({ asked, truth: own, ...read }) => ({ ...read, ...toldAs(asked, own, isNegated) })),
        ...others
          .filter((part) => decisive(compileQuery(part).judge(subject)))
          .flatMap((part) => decidingTerms(part, subject, isNegated)),
      ]
    }
    case 'not':
      return decidingTerms(query.part, subject, !isNegated)
    case 'matches':
    case 'within':
    case 'says': {
      const { pointer, value } = readingOf(query, subject)
      return [{ ...toldAs(query, truth, isNegated), pointer, value: shown(value) }]
    }
    default:
      return query satisfies never
  }
}

interface FieldAsked extends Pick<Unplaced, 'pointer' | 'value'> {
  readonly asked: Query
  readonly truth: Truth
}

function ofField(parts: readonly Query[], subject: Subject): FieldAsked {
  const asked: Query = { kind: 'and', parts }
  const [first = asked] = parts
  const { pointer, value } = readingOf(first.kind === 'not' ? first.part : first, subject)
  return { asked, pointer, value: shown(value), truth: compileQuery(asked).judge(subject) }
}

function toldAs(asked: Query, truth: Truth, isNegated: boolean): Pick<Unplaced, 'expression' | 'result'> {
  const isTrue = isNegated && truth !== null ? !truth : truth
  return { expression: queryText(isNegated ? not(asked) : asked), result: wordOf(isTrue) }
}

const wordOf = (truth: Truth): ClauseResult => (truth === null ? 'unknown' : truth ? 'true' : 'false')

function whereClause({ rule, bindings }: Explained, { where, ...compiled }: CompiledWhere, named: Named): Clause {
  const given = whereBindings(rule, { where, ...compiled }, bindings)
  const { decisions } = compiled.program.trace(given, { costMax: whereCostMax })
  const told = decisions.flatMap(({ text, line, column, value, reads }): readonly ClauseDecision[] => {
    const place = placeOfPlace(where, { line, column })
    const result = resultOfValue(value)
    if (reads.length === 0) return [placed({ expression: text, pointer: null, value: null, result }, place)]
    return reads.map((read) =>
      placed({ expression: text, pointer: read.path, value: shown(read.value), result }, place),
    )
  })
  return {
    ...named,
    text: where.text,
    line: where.line,
    column: where.column,
    ...resultOf(judgeWhereOf(rule, { where, ...compiled }, bindings)),
    decisions: told.slice(0, decisionsMax),
  }
}

/** A value that is no bool is told as one that decided. */
function resultOfValue(value: Value): ClauseResult {
  if (value instanceof Unknown) return 'unknown'
  if (value instanceof Failure) return 'error'
  return value === false ? 'false' : 'true'
}

function resultOf(verdict: Verdict): Pick<Clause, 'result' | 'says'> {
  switch (verdict.kind) {
    case 'yes':
      return { result: 'true', says: null }
    case 'no':
      return { result: 'false', says: null }
    case 'open':
      return { result: 'unknown', says: null }
    case 'error':
      return { result: 'error', says: verdict.says }
    default:
      return verdict satisfies never
  }
}

/** As JSON of at most `valueCharsMax`; a longer one as the beginning of its text. */
function shown(value: unknown): unknown {
  const text = JSON.stringify(value, (_key, member: unknown) => plain(member)) ?? 'null'
  if (text.length > valueCharsMax) return `${text.slice(0, valueCharsMax).toWellFormed()}…`
  return JSON.parse(text) as unknown
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  if (value instanceof CelTimestamp) return new Date(Number(value.nanos / 1_000_000n)).toISOString()
  if (value instanceof CelDuration) return `${Number(value.nanos) / 1e9}s`
  if (value instanceof Unknown || value instanceof Failure) return null
  return value instanceof CelObject ? kindOf(value) : value
}
