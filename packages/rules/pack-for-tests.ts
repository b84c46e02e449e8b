// foundIn: what the rules that are shipped find in events that were recorded.

import type { Actor } from '@plaintrail/event/event'
import type { JsonObject } from '@plaintrail/history/json-values'
import { compileRule, type CompiledRule } from './compile-rule.ts'
import { OfflineFindings, type OfflineFinding } from './offline-findings.ts'
import { OfflineSubjects } from './offline-subjects.ts'
import { parseRules, type ParsedRule } from './parse-rules.ts'
import { createRuleSet } from './rule-set.ts'

export interface PackFile {
  readonly file: string
  readonly rules: readonly ParsedRule[]
  /** In words, with their places. */
  readonly errors: readonly string[]
}

export function readPackFile(file: string, text: string): PackFile {
  const { rules, errors } = parseRules(text)
  return { file, rules, errors: errors.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`) }
}

/** Of a fault this throws: that every rule compiles is for another test to say well. */
export function compiledPack(files: readonly PackFile[]): readonly CompiledRule[] {
  return files.flatMap(({ rules }) =>
    rules.map(({ rule }) => {
      const compilation = compileRule(rule)
      if (!compilation.ok) throw new Error(`${rule.name}: ${JSON.stringify(compilation.errors)}`)
      return compilation.compiled
    }),
  )
}

export interface Found {
  readonly findings: readonly OfflineFinding[]
  /** `RULE: sentence of the event: what is missing`, of events that cannot be judged. */
  readonly insufficient: readonly string[]
  /** `RULE: sentence of the event: what is wrong`. */
  readonly errors: readonly string[]
  /** Of the events of findings, by id. */
  readonly actors: ReadonlyMap<string, Actor>
}

/** Events are of one cluster, in the order in which it sent them. */
export function foundIn(pack: readonly CompiledRule[], cluster: string, events: readonly JsonObject[]): Found {
  const parts = new Set(pack.flatMap(({ reads }) => [...reads.costly]))
  const subjects = new OfflineSubjects({ cluster, parts })
  const ruleSet = createRuleSet(pack)
  const found = new OfflineFindings()
  const insufficient: string[] = []
  const errors: string[] = []
  const actors = new Map<string, Actor>()
  for (const [index, raw] of events.entries()) {
    const subject = subjects.take(`${cluster}#${index}`, raw)
    if (subject === null) continue
    for (const { compiled, evaluation } of ruleSet.evaluate(subject, ruleSet.candidates(subject))) {
      const what = `${compiled.rule.name}: ${subject.sentence}`
      if (evaluation.kind === 'match' && found.add(compiled, subject, evaluation))
        actors.set(subject.id, subject.event.actor)
      if (evaluation.kind === 'error') errors.push(`${what}: ${evaluation.says}`)
      if (evaluation.kind === 'insufficient')
        insufficient.push(`${what}: ${evaluation.missing.map(({ because }) => because).join('; ')}`)
    }
  }
  return { findings: found.findings({ isOver: true }), insufficient, errors, actors }
}

/** Whether it is a part of the cluster that works by itself: what it does all day is no finding. */
export function isComponent({ name, type }: Actor): boolean {
  return type === 'control-plane' || type === 'node' || name.startsWith('system:serviceaccount:kube-system:')
}
