// exportFalco: rules as Falco's files say them; what Falco has nothing for is a note.

import type { Pattern, Query, Range } from '@plaintrail/query/ast'
import { stringify } from 'yaml'
import {
  FalcoProblem,
  ofRule,
  joinedFalco,
  type FalcoAtom,
  type FalcoCondition,
  type FalcoOperator,
} from './condition.ts'
import { outputOfSummary } from './output.ts'
import { printedFalco, printedField } from './print.ts'
import { falcoOfWhere } from './reverse.ts'
import { tagPrefix } from './rule-text.ts'
import type { ImportNote } from './ruleset.ts'
import type { Place } from '../rule-error.ts'
import type { Rule, Step } from '../rule.ts'

export interface ExportedRule {
  readonly rule: Rule
  readonly file: string
  readonly at: Place
}

export interface FalcoExport {
  /** A file of Falco. */
  readonly text: string
  readonly notes: readonly ImportNote[]
}

/** Total. */
export function exportFalco(rules: readonly ExportedRule[]): FalcoExport {
  const notes: ImportNote[] = []
  const lists = new Map<string, readonly string[]>()
  const items: unknown[] = []
  for (const { rule, file, at } of rules) {
    const note = (kind: ImportNote['kind'], what: string, why: string): void => {
      notes.push({ file, rule: rule.name, ...at, what, why, kind })
    }
    try {
      items.push(itemOf(rule, lists, (what, why) => note('changed', what, why)))
    } catch (error) {
      if (!(error instanceof FalcoProblem)) throw error
      note('lost', `rule ${rule.name}`, error.message)
    }
  }
  const all = [...[...lists].map(([list, values]) => ({ list, items: values })), ...items]
  return { text: all.length === 0 ? '[]\n' : stringify(all, { lineWidth: 118, aliasDuplicateObjects: false }), notes }
}

type Tell = (what: string, why: string) => void

const priorities = { critical: 'CRITICAL', high: 'ERROR', medium: 'WARNING', low: 'NOTICE', info: 'INFO' } as const

/** Throws FalcoProblem. */
function itemOf(rule: Rule, lists: Map<string, readonly string[]>, tell: Tell): unknown {
  if (rule.on === 'gap') throw new FalcoProblem('Falco knows of no gaps', ofRule)
  if (rule.condition.kind !== 'each') throw new FalcoProblem('Falco counts nothing, and knows of no order', ofRule)
  const condition = listed(conditionOf(rule.step, rule), lists)
  const exceptions = rule.exceptions.map((exception) => exceptionOf(exception, rule))
  const { text, lost } = outputOfSummary(rule.summary)
  if (lost.length > 0) tell('summary', `Falco has no field for ${lost.join(', ')}`)
  tellOthers(rule, tell)
  const tags = Object.keys(rule.labels).filter((label) => label.startsWith(tagPrefix))
  return {
    rule: rule.title,
    desc: rule.description === '' ? rule.title : rule.description,
    condition: printedFalco(condition),
    ...(exceptions.length > 0 && { exceptions }),
    output: text === '' ? rule.title : text,
    priority: priorities[rule.severity],
    source: 'k8s_audit',
    ...(rule.state === 'off' && { enabled: false }),
    tags: [...tags.map((tag) => tag.slice(tagPrefix.length)), ...rule.attack],
  }
}

function tellOthers(rule: Rule, tell: Tell): void {
  const { owner, remediation, commands, controls, references, falsePositives, needs, labels } = rule
  const others: readonly (readonly [what: string, isThere: boolean])[] = [
    ['owner', owner !== null],
    ['remediation', remediation !== ''],
    ['commands', commands.length > 0],
    ['controls', controls.length > 0],
    ['references', references.length > 0],
    ['falsePositives', falsePositives.length > 0],
    ['needs', needs.level !== null || needs.stage !== null],
    ['noise', rule.noise !== null],
    ['state: shadow', rule.state === 'shadow'],
    ['labels', Object.keys(labels).some((label) => !label.startsWith(tagPrefix))],
  ]
  for (const [what, isThere] of others) if (isThere) tell(what, 'Falco has nothing like it')
  const groups = rule.groupBy.join(' ')
  if (groups !== 'actor object.namespace' && groups !== 'initiator object.namespace')
    tell('groupBy', 'Falco tells of each event')
}

function conditionOf({ match, where }: Step, { params }: Pick<Rule, 'params'>): FalcoCondition {
  const parts = [
    ...(match.kind === 'and' && match.parts.length === 0 ? [] : [ofQuery(match)]),
    ...(where === null ? [] : [falcoOfWhere(where.text, params)]),
  ]
  return joinedFalco('and', parts)
}

/** Lists that stand for their values from now on. */
function listed(condition: FalcoCondition, lists: Map<string, readonly string[]>): FalcoCondition {
  switch (condition.kind) {
    case 'atom': {
      const { list, values } = condition
      if (list === null) return condition
      const other = lists.get(list)
      if (other !== undefined && other.join('\n') !== values.join('\n')) return { ...condition, list: null }
      lists.set(list, values)
      return condition
    }
    case 'not':
      return { kind: 'not', part: listed(condition.part, lists) }
    case 'and':
    case 'or':
      return { ...condition, parts: condition.parts.map((part) => listed(part, lists)) }
    case 'named':
    case 'always':
      return condition
    default:
      return condition satisfies never
  }
}

const fieldOf: Readonly<Partial<Record<string, string>>> = {
  stage: 'ka.stage',
  verb: 'ka.verb',
  kind: 'ka.target.resource',
  sub: 'ka.target.subresource',
  ns: 'ka.target.namespace',
  name: 'ka.target.name',
  actor: 'ka.user.name',
  as: 'ka.impuser.name',
  group: 'ka.user.groups',
  audit: 'ka.auditid',
  cluster: 'ka.cluster.name',
  'user-agent': 'ka.useragent',
}

/** Throws FalcoProblem. */
function ofQuery(query: Query): FalcoCondition {
  switch (query.kind) {
    case 'and':
    case 'or':
      return joinedFalco(query.kind, query.parts.map(ofQuery))
    case 'not':
      return { kind: 'not', part: ofQuery(query.part) }
    case 'matches':
      return ofValues(query.key, query.values)
    case 'within':
      if (query.key !== 'code') throw new FalcoProblem(`Falco has nothing like ${query.key}:`, ofRule)
      return joinedFalco('or', [...ofCodes(query.values)])
    case 'says':
      throw new FalcoProblem('Falco searches no sentences', ofRule)
    default:
      return query satisfies never
  }
}

const atom = (name: string, operator: FalcoOperator, values: readonly string[]): FalcoAtom => ({
  kind: 'atom',
  field: { name, argument: null, change: null },
  operator,
  values,
  list: null,
  at: 0,
})

function ofValues(key: string, values: readonly Pattern[]): FalcoCondition {
  const name = fieldOf[key]
  if (name === undefined) throw new FalcoProblem(`Falco has nothing like ${key}:`, ofRule)
  const exact = values.flatMap((value) => (value.length === 1 && value[0] !== '' ? [value[0]] : []))
  const operator = key === 'user-agent' ? 'icontains' : key === 'group' ? 'intersects' : 'in'
  const same =
    exact.length === 0
      ? []
      : operator === 'icontains'
        ? exact.map((value) => atom(name, operator, [value]))
        : [atom(name, exact.length === 1 && operator === 'in' ? '=' : operator, exact)]
  const others = values.filter((value) => value.length > 1 || value[0] === '').map((value) => ofGlob(name, value))
  return joinedFalco('or', [...same, ...others])
}

function ofGlob(name: string, pieces: Pattern): FalcoCondition {
  const [first, second, third] = pieces
  if (pieces.length === 1) return { kind: 'not', part: atom(name, 'exists', []) }
  if (pieces.length === 2 && second === '' && first !== '') return atom(name, 'startswith', [first])
  if (pieces.length === 2 && first === '' && second) return atom(name, 'endswith', [second])
  if (pieces.length === 3 && first === '' && third === '' && second) return atom(name, 'contains', [second])
  const glob = pieces.map((piece) => piece.replaceAll(/[*?[\]\\]/g, String.raw`\$&`)).join('*')
  return atom(name, 'glob', [glob])
}

function* ofCodes(ranges: readonly Range[]): Generator<FalcoCondition> {
  const single = ranges.filter(({ min, max }) => min !== null && min === max)
  if (single.length > 0)
    yield atom(
      'ka.response.code',
      single.length === 1 ? '=' : 'in',
      single.map(({ min }) => String(min)),
    )
  for (const { min, max } of ranges) {
    if (min !== null && min === max) continue
    const size = min !== null && max !== null ? max - min + 1 : 0
    if (min !== null && (size === 100 || size === 10) && min % size === 0)
      yield atom('ka.response.code', 'startswith', [String(min / size)])
    else
      yield joinedFalco('and', [
        ...(min === null ? [] : [atom('ka.response.code', '>=', [String(min)])]),
        ...(max === null ? [] : [atom('ka.response.code', '<=', [String(max)])]),
      ])
  }
}

/** Throws FalcoProblem where it is no table of values. */
function exceptionOf({ name, step }: Rule['exceptions'][number], rule: Rule): unknown {
  const condition = conditionOf(step, rule)
  const rows = (condition.kind === 'or' ? condition.parts : [condition]).map((row) =>
    (row.kind === 'and' ? row.parts : [row]).map((part) => {
      if (part.kind === 'atom') return part
      throw new FalcoProblem(`exception ${name} is no table of fields and values`, ofRule)
    }),
  )
  const [first = []] = rows
  const fields = first.map(printedField)
  if (rows.some((row) => row.map(printedField).join(' ') !== fields.join(' ')))
    throw new FalcoProblem(`exception ${name} asks for other fields in each row`, ofRule)
  const comps = first.map((_, column) =>
    operatorOf(
      name,
      rows.map((row) => row[column]?.operator ?? '='),
    ),
  )
  const values = rows.map((row) =>
    row.map(({ values: own }, column) => (isOfMany(comps[column]) ? own : (own[0] ?? 'true'))),
  )
  return { name, fields, comps, values }
}

const isOfMany = (operator: FalcoOperator | undefined): boolean => operator === 'in' || operator === 'intersects'

/** One of several is equal to it, too. */
function operatorOf(name: string, operators: readonly FalcoOperator[]): FalcoOperator {
  const [first = '=', ...others] = [...new Set(operators)]
  if (others.length === 0) return first
  if ([first, ...others].every((operator) => operator === '=' || operator === 'in')) return 'in'
  throw new FalcoProblem(`exception ${name} compares otherwise in each row`, ofRule)
}
