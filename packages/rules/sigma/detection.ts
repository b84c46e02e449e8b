// readDetection: the `detection` of a Sigma rule as one tree of tests.

import type { Located, LocatedMap } from '../located.ts'
import { kindWords } from '../located.ts'
import { ConditionProblem, parseSigmaCondition, selectionsMeant, type SigmaCondition } from './condition.ts'
import { readSigmaItem } from './item.ts'
import { joinedSigma, type SigmaNode } from './node.ts'
import { SigmaProblem, type TellSigma } from './note.ts'
import { scalarOffsets } from '../scalar-offsets.ts'

/** Tests of one rule: what `1 of` repeats is counted each time. */
const testsMax = 5_000

const notSelections: ReadonlySet<string> = new Set(['condition', 'timeframe'])

/** Throws SigmaProblem. `source` is the text of the file, for the places of words in the condition. */
export function readDetection(detection: LocatedMap, source: string, tell: TellSigma): SigmaNode {
  const timeframe = detection.entries.get('timeframe')
  if (timeframe !== undefined)
    throw new SigmaProblem('a timeframe is no part of Sigma any more: write a correlation', timeframe.from)
  const condition = detection.entries.get('condition')
  if (condition === undefined) throw new SigmaProblem('the detection has no condition', detection.from)
  const selections = new Map<string, SigmaNode>()
  for (const [name, entry] of detection.entries)
    if (!notSelections.has(name)) selections.set(name, readSelection(entry.value, name))
  const written = condition.value.kind === 'list' ? condition.value.items : [condition.value]
  if (written.length === 0) throw new SigmaProblem('the condition is empty', condition.from)
  const budget = { left: testsMax }
  const used = new Set<string>()
  const node = joinedSigma(
    'or',
    written.map((one) => readCondition(one, { selections, source, budget, used })),
  )
  for (const [name, { from }] of detection.entries)
    if (selections.has(name) && !used.has(name))
      tell({ what: `selection ${name.slice(0, 60)}`, why: 'the condition does not name it', kind: 'changed', at: from })
  return node
}

interface ConditionScope {
  readonly selections: ReadonlyMap<string, SigmaNode>
  readonly source: string
  readonly budget: { left: number }
  /** Names of those that a condition means. */
  readonly used: Set<string>
}

function readCondition(value: Located, scope: ConditionScope): SigmaNode {
  if (value.kind !== 'text') throw new SigmaProblem(`a condition is a text, not ${kindWords(value)}`, value.from)
  const { text, style, from } = value
  try {
    return nodeOf(parseSigmaCondition(text), scope)
  } catch (error) {
    if (!(error instanceof ConditionProblem)) throw error
    throw new SigmaProblem(
      `could not read the condition: ${error.message}`,
      scalarOffsets({ source: scope.source, from, style, value: text })[error.at] ?? from,
    )
  }
}

function nodeOf(condition: SigmaCondition, scope: ConditionScope): SigmaNode {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return joinedSigma(
        condition.kind,
        condition.parts.map((part) => nodeOf(part, scope)),
      )
    case 'not':
      return { kind: 'not', part: nodeOf(condition.part, scope) }
    case 'named':
      return selection(condition.name, condition.at, scope)
    case 'of': {
      const names = selectionsMeant(condition.pattern, [...scope.selections.keys()])
      if (names.length === 0)
        throw new ConditionProblem(`no selection is named ${condition.pattern.slice(0, 60)}`, condition.at)
      return joinedSigma(
        condition.quantity === 'one' ? 'or' : 'and',
        names.map((name) => selection(name, condition.at, scope)),
      )
    }
    default:
      return condition satisfies never
  }
}

function selection(name: string, at: number, { selections, budget, used }: ConditionScope): SigmaNode {
  const found = selections.get(name)
  if (found === undefined) throw new ConditionProblem(`there is no selection "${name.slice(0, 60)}"`, at)
  used.add(name)
  budget.left -= sizeOf(found)
  if (budget.left < 0) throw new ConditionProblem(`it makes more than ${testsMax} tests`, at)
  return found
}

function sizeOf(node: SigmaNode): number {
  if (node.kind === 'test') return Math.max(1, node.values.length)
  return node.kind === 'not' ? sizeOf(node.part) : node.parts.reduce((sum, part) => sum + sizeOf(part), 0)
}

/** A map is all of its fields, a list one of its items; a text in a list is a keyword. */
function readSelection(value: Located, name: string): SigmaNode {
  if (value.kind === 'map') return readFields(value, name)
  if (value.kind !== 'list') return readSigmaItem('', value, value.from)
  if (value.items.length === 0) throw new SigmaProblem(`the selection "${name.slice(0, 60)}" is empty`, value.from)
  return joinedSigma(
    'or',
    value.items.map((item) => (item.kind === 'map' ? readFields(item, name) : readSigmaItem('', item, item.from))),
  )
}

function readFields(map: LocatedMap, name: string): SigmaNode {
  if (map.entries.size === 0) throw new SigmaProblem(`the selection "${name.slice(0, 60)}" is empty`, map.from)
  return joinedSigma(
    'and',
    [...map.entries].map(([key, entry]) => readSigmaItem(key, entry.value, entry.from)),
  )
}
