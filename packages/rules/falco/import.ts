// importFalco: Falco's rule files as rules here, each as the text of a file, and what is not carried over.

import { FalcoBudget } from './budget.ts'
import { FalcoProblem, ofRule } from './condition.ts'
import type { Reading } from './field-code.ts'
import { FalcoResolver } from './resolve.ts'
import { falcoRuleText } from './rule-text.ts'
import { placeInFalco, readFalco, textOfFalco, type FalcoRule, type FalcoSource, type ImportNote } from './ruleset.ts'
import type { Place } from '../rule-error.ts'

export interface ImportedRule {
  /** As rules here have it. */
  readonly name: string
  /** As the file has it. */
  readonly title: string
  readonly text: string
  readonly file: string
  readonly at: Place
}

export interface FalcoImport {
  /** In the order of the files. */
  readonly rules: readonly ImportedRule[]
  /** In that order, too. */
  readonly notes: readonly ImportNote[]
}

export interface FalcoImportOptions {
  readonly reading: Reading
}

/** The sources of events that a Kubernetes audit log is to Falco. */
const auditSources: ReadonlySet<string> = new Set(['k8s_audit'])

/** Total: what cannot be carried over is a note, and so is what means something else. */
export function importFalco(sources: readonly FalcoSource[], { reading }: FalcoImportOptions): FalcoImport {
  const notes: ImportNote[] = []
  const ruleset = readFalco(sources, notes)
  const rules: ImportedRule[] = []
  const taken = new Set<string>()
  const budget = new FalcoBudget()
  const resolver = new FalcoResolver(ruleset, budget)
  for (const rule of ruleset.rules.values()) {
    const { file, line, column } = rule
    if (!auditSources.has(rule.source)) {
      notes.push(lost(rule, elsewhere(rule)))
      continue
    }
    const changes: ImportNote[] = []
    const tell = (what: string, why: string, at: number): void => {
      changes.push({ rule: rule.name, ...placeIn(rule, at), what, why, kind: 'changed' })
    }
    try {
      const { name, text } = falcoRuleText(rule, { ruleset, resolver, budget, reading, taken, tell })
      taken.add(name)
      rules.push({ name, title: rule.name, text, file, at: { line, column } })
      notes.push(...changes)
    } catch (error) {
      if (!(error instanceof FalcoProblem)) throw error
      notes.push({ ...lost(rule, error.message), ...placeIn(rule, error.at) })
    }
  }
  return { rules, notes }
}

/** Why it is about nothing that is here; who only wrote the source wrong is told how it is written. */
function elsewhere({ source, condition }: FalcoRule): string {
  const shown = source.slice(0, 60)
  if (/^k8s[_-]?audit/i.test(source))
    return `its source is ${shown}, which Falco does not know: write source: k8s_audit`
  const [, field] = /(?<![\w.])(ka\.[a-z]+(?:\.[a-z_]+)*|jevt\.value)/i.exec(textOfFalco(condition)) ?? []
  return field === undefined
    ? `it is about events of ${shown}, not of a Kubernetes audit log`
    : `its source is ${shown}, in which there is no ${field.slice(0, 60)}: write source: k8s_audit`
}

const lost = ({ file, line, column, name }: FalcoRule, why: string): ImportNote => ({
  file,
  rule: name,
  line,
  column,
  what: `rule ${name}`,
  why,
  kind: 'lost',
})

/** What is about no place in the condition is about the rule. */
function placeIn(rule: FalcoRule, at: number): Place & { readonly file: string } {
  const { file, line, column } = rule
  return at === ofRule ? { file, line, column } : placeInFalco(rule.condition, at)
}
