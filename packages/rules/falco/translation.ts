// translateFalco: a resolved condition as `match` and `where` of a rule here, and what that changes.

import { and, isEverything, matches, type Query } from '@plaintrail/query/ast'
import { queryText } from '@plaintrail/query/normal-form'
import { falcoAtomCode, grouped, type ListCode } from './atom-code.ts'
import {
  falcoAtoms,
  joinedFalco,
  ofRule,
  type FalcoAtom,
  type FalcoCondition,
  type FalcoOperator,
} from './condition.ts'
import type { Reading } from './field-code.ts'
import { falcoFieldCode, falcoFieldEntry } from './fields.ts'
import { withoutOldNothing } from './old-nothing.ts'
import { falcoName, falcoQuery, isOfResource, isReadAgain } from './query.ts'
import { simplified } from './resolve.ts'
import { namesStage } from '../named-stages.ts'

export interface FalcoTranslation {
  readonly match: string
  readonly where: string | null
  /** A part of the condition is never so. */
  readonly isNever: boolean
  /** It is about everything that runs pods, not about pods alone. */
  readonly isOfWorkloads: boolean
}

/** Lists that expressions read as parameters, by their names here. */
export type FalcoParams = Map<string, readonly string[]>

/** `at`: an offset into the condition. */
export type TellChange = (what: string, why: string, at: number) => void

/** What of the kinds that Kubernetes has runs pods. */
const workloadKinds: readonly string[] = [
  'pods',
  'deployments',
  'daemonsets',
  'statefulsets',
  'replicasets',
  'replicationcontrollers',
  'jobs',
  'cronjobs',
  'podtemplates',
]

export interface TranslationOptions {
  readonly reading: Reading
  readonly params: FalcoParams
  readonly tell: TellChange
  /** Of an exception there is nothing more to say where it is silent about stages. */
  readonly isException?: boolean
}

/** Throws FalcoProblem where something in it cannot be said here. */
export function translateFalco(written: FalcoCondition, options: TranslationOptions): FalcoTranslation {
  const { reading, tell, isException = false } = options
  const condition = reading === 'mended' ? withoutOldNothing(written, tell) : written
  const all = partsOf(condition).map(simplified)
  const isNever = all.some((part) => part.kind === 'always' && !part.holds)
  const said = all.filter((part) => part.kind !== 'always')
  const widened = reading === 'mended' && !isException ? said.flatMap((part) => widen(part, said, tell)) : said
  const parts = widened.flatMap((part) => partsOf(united(withoutUnequal(part, reading))))
  if (reading === 'mended') tellMends(condition, parts, tell)
  tellOfJson(condition, tell)
  const isOfObject = parts.some(isOfResource)
  const queries = new Map<FalcoCondition, Query>()
  for (const part of parts) {
    const query = falcoQuery(part, { reading, isOfObject })
    if (query !== null) queries.set(part, query)
  }
  const match = matchOf(queries, isException ? null : { reading, tell })
  const codes = parts.filter((part) => !queries.has(part)).map((part) => codeOf(part, options))
  const isOfWorkloads = parts.some(isOfAllWorkloads) && falcoAtoms(condition).some(isOfPod)
  return { match, where: codes.length === 0 ? null : joinedCodes(codes, '&&'), isNever, isOfWorkloads }
}

const partsOf = (condition: FalcoCondition): readonly FalcoCondition[] =>
  condition.kind === 'and' ? condition.parts.flatMap(partsOf) : [condition]

/** The text of the query; what makes it larger than a query may be is taken out, and so left to the expression. */
function matchOf(
  queries: Map<FalcoCondition, Query>,
  options: Pick<TranslationOptions, 'reading' | 'tell'> | null,
): string {
  for (;;) {
    const own = and([...queries.values()])
    const query = options === null ? own : and([own, ...stagesOf(own, options.reading)])
    if (isReadAgain(query) || queries.size === 0) {
      if (options?.reading === 'mended' && !namesStage(own))
        options.tell('stage', 'RequestReceived is not judged: what comes of the request is', ofRule)
      return isEverything(query) ? '' : queryText(query)
    }
    const sized = [...queries].map(([part, one]) => ({ part, size: queryText(one).length }))
    const largest = sized.toSorted((one, other) => other.size - one.size)[0]
    if (largest !== undefined) queries.delete(largest.part)
  }
}

const laterStages = ['ResponseStarted', 'ResponseComplete', 'Panic']

/** A rule here judges every stage but RequestReceived where it is silent, and its match must say something. */
function stagesOf(query: Query, reading: Reading): readonly Query[] {
  if (namesStage(query)) return []
  if (reading === 'mended' && !isEverything(query)) return []
  const stages = reading === 'kept' ? ['RequestReceived', ...laterStages] : laterStages
  return [
    matches(
      'stage',
      stages.map((stage) => [stage]),
    ),
  ]
}

const isOfPod = ({ field: { name } }: FalcoAtom): boolean => /^ka\.req\.(?:pod|container|volume)\./.test(name)

const isOneOfResources = (atom: FalcoAtom): boolean =>
  isOfResource(atom) && (atom.operator === '=' || atom.operator === 'in' || atom.operator === 'intersects')

const isOfAllWorkloads = (part: FalcoCondition): boolean =>
  part.kind === 'atom' && isOneOfResources(part) && workloadKinds.every((kind) => part.values.includes(kind))

/**
 * Who wants to know of pods wants to know of what makes them; and of what is created the objects alone, since an exec, a
 * binding or an eviction has no body of a pod.
 */
function widen(part: FalcoCondition, all: readonly FalcoCondition[], tell: TellChange): readonly FalcoCondition[] {
  const isOfPods = part.kind === 'atom' && isOneOfResources(part) && part.values.join() === 'pods'
  const isOfSubresource = all.some((one) => one.kind === 'atom' && falcoName(one.field) === 'ka.target.subresource')
  if (!isOfPods || isOfSubresource || !all.flatMap(falcoAtoms).some(isOfPod)) return [part]
  const isOfSubresources = all.flatMap(falcoAtoms).some(({ field }) => falcoName(field) === 'ka.target.subresource')
  const isOfObjects = !isOfSubresources && all.some(isOfCreate)
  tell(
    'pods',
    `Falco sees pods alone, of which most are made by a controller; everything that runs pods is judged, and a finding is of who is behind it${isOfObjects ? '; an exec or an eviction, which has no pod for its body, is not' : ''}`,
    part.at,
  )
  const wide: FalcoAtom = { ...part, operator: 'in', values: workloadKinds, list: null }
  if (!isOfObjects) return [wide]
  const field = { name: 'ka.target.subresource', argument: null, change: null }
  return [wide, { kind: 'not', part: { ...wide, field, operator: 'exists', values: [] } }]
}

const isOfCreate = (part: FalcoCondition): boolean =>
  part.kind === 'atom' &&
  falcoName(part.field) === 'ka.verb' &&
  (part.operator === '=' || part.operator === 'in') &&
  part.values.join() === 'create'

/** `a != b`: Falco means that there is an a, and another one. */
function withoutUnequal(condition: FalcoCondition, reading: Reading): FalcoCondition {
  switch (condition.kind) {
    case 'atom': {
      if (condition.operator !== '!=') return condition
      const equal = { kind: 'not', part: { ...condition, operator: '=' } } as const
      const exists = { ...condition, operator: 'exists', values: [] } as const
      return reading === 'kept' ? { kind: 'and', parts: [exists, equal] } : equal
    }
    case 'not':
      return simplified({ kind: 'not', part: withoutUnequal(condition.part, reading) })
    case 'and':
    case 'or':
      return simplified({ ...condition, parts: condition.parts.map((part) => withoutUnequal(part, reading)) })
    case 'named':
    case 'always':
      return condition
    default:
      return condition satisfies never
  }
}

/** `a = x or a = y` is `a in (x, y)`, and so are words in a map. */
function united(condition: FalcoCondition): FalcoCondition {
  if (condition.kind === 'not') return { kind: 'not', part: united(condition.part) }
  if (condition.kind !== 'and' && condition.kind !== 'or') return condition
  const parts = condition.parts.map(united)
  if (condition.kind === 'and') return joinedFalco('and', parts)
  const flat = parts.flatMap((part) => (part.kind === 'or' ? part.parts : [part]))
  const groups = Map.groupBy(flat, (part) => (part.kind === 'atom' ? (unitedAs(part)?.key ?? part) : part))
  return joinedFalco(
    'or',
    [...groups.values()].map((group) => {
      const [first] = group
      const as = first?.kind === 'atom' ? unitedAs(first) : null
      if (first?.kind !== 'atom' || as === null || group.length < 2) return first ?? { kind: 'always', holds: false }
      const values = group.flatMap((part) => (part.kind === 'atom' ? part.values : []))
      return { ...first, operator: as.operator, values: [...new Set(values)], list: null }
    }),
  )
}

/** Which others it stands for one with; null for none. */
function unitedAs({ field, operator }: FalcoAtom): { readonly key: string; readonly operator: FalcoOperator } | null {
  const own = falcoName(field)
  const name = JSON.stringify([own, own === field.name ? field.argument : null, field.change])
  const kind = falcoFieldCode(field, 'kept')?.kind
  if (kind === 'map' && (operator === 'contains' || operator === 'icontains'))
    return { key: `${operator} ${name}`, operator }
  const isEqual = operator === '=' || operator === 'in' || operator === 'intersects'
  return isEqual && kind === 'text' ? { key: name, operator: 'in' } : null
}

const isSame: ReadonlySet<FalcoOperator> = new Set(['=', 'in', 'intersects'])

function tellMends(condition: FalcoCondition, parts: readonly FalcoCondition[], tell: TellChange): void {
  const atoms = falcoAtoms(condition)
  const told = new Set<string>()
  for (const { field, at, operator, values } of atoms) {
    const mends = falcoFieldEntry(field.name)?.mends ?? null
    if (mends !== null && !told.has(field.name)) tell(field.name, mends, at)
    if (operator === '!=' && !told.has(`${field.name} !=`))
      tell(`${field.name} !=`, 'it holds as well where there is none; to Falco it does not', at)
    const isOfNothing = isSame.has(operator) && values.includes('')
    if (isOfNothing && !told.has(`${field.name} = ""`))
      tell(`${field.name} ${operator} ""`, 'it holds where there is none; to Falco it does not', at)
    told.add(field.name)
    if (operator === '!=') told.add(`${field.name} !=`)
    if (isOfNothing) told.add(`${field.name} = ""`)
  }
  const body = atoms.find(({ field }) => isOfBody(field.name))
  const isOfSuccess = parts.some(
    (part) => part.kind === 'atom' && falcoName(part.field) === 'ka.response.code' && part.values.join() === '2',
  )
  if (body === undefined) return
  tell(
    body.field.name,
    isOfSuccess
      ? 'it is read of the object that came of the request; Falco reads what was sent'
      : 'it is read of the object that came of the request, and of one that failed there is none; Falco reads what was sent, also of failed ones',
    body.at,
  )
}

/** Falco compares with the JSON of what a pointer leads to, be it an object. */
function tellOfJson(condition: FalcoCondition, tell: TellChange): void {
  const told = new Set<string>()
  for (const { field, operator, at } of falcoAtoms(condition)) {
    const isOfText = operator === 'exists' || operator === '=' || operator === '!=' || operator === 'in'
    if (
      falcoFieldCode(field, 'kept')?.kind !== 'text' ||
      isOfText ||
      !/^\/(?:request|response)Object\//.test(field.argument ?? '')
    )
      continue
    const name = `${field.name}[${field.argument}]`
    if (told.has(name)) continue
    told.add(name)
    tell(name, 'where it is an object or a list, and no text, the rule is in error', at)
  }
}

const isOfBody = (name: string): boolean => name.startsWith('ka.req.') && name !== 'ka.req.configmap.name'

function codeOf(condition: FalcoCondition, options: TranslationOptions): string {
  switch (condition.kind) {
    case 'atom':
      return falcoAtomCode(condition, options.reading, listCodeOf(options.params))
    case 'not':
      return `!(${codeOf(condition.part, options)})`
    case 'and':
    case 'or':
      return joinedCodes(
        condition.parts.map((part) => codeOf(part, options)),
        condition.kind === 'and' ? '&&' : '||',
      )
    case 'named':
    case 'always':
      return String(condition.kind === 'always' && condition.holds)
    default:
      return condition satisfies never
  }
}

/** Characters of an expression that stays on one line. */
const lineCharacters = 100

function joinedCodes(codes: readonly string[], sign: '&&' | '||'): string {
  const [only = ''] = codes
  if (codes.length === 1) return only
  const line = codes.map(grouped).join(` ${sign} `)
  return line.length <= lineCharacters ? line : codes.map(grouped).join(`\n${sign} `)
}

/** Values of a list that stand in the expression itself; longer ones are parameters. */
const shortListMax = 6

function listCodeOf(params: FalcoParams): ListCode {
  return (values, list) => {
    const written = `[${values.map((value) => JSON.stringify(value)).join(', ')}]`
    if (list === null || values.length <= shortListMax) return written
    const name = camelCase(list)
    const other = params.get(name)
    const isTaken = other !== undefined && other.join('\n') !== values.join('\n')
    if (!/^[a-z][A-Za-z0-9]*$/.test(name) || isTaken) return written
    params.set(name, values)
    return `params.${name}`
  }
}

const camelCase = (name: string): string =>
  name.replaceAll(/[^A-Za-z0-9]+([A-Za-z0-9]?)/g, (_, letter: string) => letter.toUpperCase())
