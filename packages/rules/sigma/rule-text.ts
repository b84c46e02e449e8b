// sigmaRuleText: what a Sigma rule or correlation says, as a rule file here, as a person would write it.

import { compileCel } from '@plaintrail/cel/compile-cel'
import { queryText } from '@plaintrail/query/normal-form'
import { hash } from 'node:crypto'
import { stringify } from 'yaml'
import { variablesOf } from '../rule-variables.ts'
import type { CorrelationReading } from './correlation.ts'
import { sigmaExpression } from './expression.ts'
import type { SigmaNode } from './node.ts'
import { SigmaProblem } from './note.ts'
import { splitSigma } from './query.ts'
import { sigmaLabelPrefix, type SigmaWords } from './words.ts'

/** Throws SigmaProblem. `at` is where the detection stands. */
export function sigmaStep(node: SigmaNode, at: number): { readonly match: string; readonly where?: string } {
  const { query, rest } = splitSigma(node)
  const match = query === null ? everyEvent : queryText(query)
  if (rest === null) return { match }
  const where = sigmaExpression(rest)
  const compiled = compileCel(where, { variables: variablesOf('event') })
  if (compiled.ok) return { match, where }
  const [error] = compiled.errors
  throw new SigmaProblem(`could not say it as an expression: ${error?.message ?? 'it is too large'}`, at)
}

/** Every event has a verb. */
const everyEvent = 'verb:*'

export interface SigmaSaid {
  readonly name: string
  readonly words: SigmaWords
  readonly steps: readonly ReturnType<typeof sigmaStep>[]
  readonly correlation: CorrelationReading | null
  /** The detections as written, for an export. */
  readonly source: unknown
}

export function sigmaRuleText({ name, words: { labels, spec }, steps, correlation, source }: SigmaSaid): string {
  const [own = { match: everyEvent }, ...further] = steps
  const { title, description, severity, state, ...lists } = spec
  const hasWhere = steps.some((step) => step.where !== undefined)
  return stringify(
    {
      apiVersion: 'plaintrail.dev/v1',
      kind: 'Rule',
      metadata: { name, ...(Object.keys(labels).length > 0 && { labels }) },
      spec: {
        title,
        ...(description !== undefined && { description }),
        severity,
        ...(state !== undefined && { state }),
        ...own,
        ...(correlation !== null && conditionOf(correlation, further)),
        ...lists,
        // An expression is not read back: what it was made of is kept for an export.
        ...((hasWhere || correlation !== null) && { params: { sigma: source } }),
      },
    },
    { lineWidth: 118, aliasDuplicateObjects: false },
  )
}

function conditionOf({ condition, groupBy }: CorrelationReading, further: SigmaSaid['steps']): object {
  switch (condition.kind) {
    case 'each':
      return { groupBy }
    case 'count':
      return { condition: { count: condition.atLeast, within: condition.within }, groupBy }
    case 'distinct':
      return { condition: { distinct: condition.of, atLeast: condition.atLeast, within: condition.within }, groupBy }
    case 'then':
    case 'with':
      return { condition: { [condition.kind]: further, within: condition.within }, groupBy }
    default:
      return condition satisfies never
  }
}

/** Characters of a name. */
const nameMax = 63

/** `sigma-` and the words of its title; told apart by a part of its hash where that is too long, or another rule's. */
export function sigmaRuleName({ spec: { title }, labels }: SigmaWords, taken: ReadonlySet<string>): string {
  const id = labels[`${sigmaLabelPrefix}id`] ?? null
  const words = title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
  const whole = `sigma-${words}`
  if (words !== '' && whole.length <= nameMax && !taken.has(whole)) return whole
  for (let salt = 0; ; salt += 1) {
    const digest = hash('sha256', JSON.stringify([title, id, salt])).slice(0, 8)
    const name = `${whole.slice(0, nameMax - digest.length - 1).replace(/-$/, '')}-${digest}`
    if (!taken.has(name)) return name
  }
}
