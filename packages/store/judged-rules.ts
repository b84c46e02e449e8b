// judgedRules: rules in force made ready to judge, with the numbers that stand for them in tables.

import { compileRule, type CompiledRule } from '@plaintrail/rules/compile-rule'
import type { Rule } from '@plaintrail/rules/rule'
import { createRuleSet, type RuleSet } from '@plaintrail/rules/rule-set'
import type { BookRule } from './rule-book.ts'

export interface JudgedRule {
  readonly ruleId: number
  readonly version: number
  readonly compiled: CompiledRule
  /** It reads what no row has. */
  readonly readsBytes: boolean
}

export interface JudgedRules {
  /** Those on events. */
  readonly set: RuleSet
  readonly readsInitiator: boolean
  readonly onGaps: readonly JudgedRule[]
  /** Of one that the set gave. */
  of(compiled: CompiledRule): JudgedRule
}

export function judgedRules(rules: readonly BookRule[]): JudgedRules {
  const judged = rules.flatMap(({ ruleId, version, rule }): readonly JudgedRule[] => {
    const compiled = compiledOnce(rule)
    if (compiled === null) return []
    return [{ ruleId, version, compiled, readsBytes: readsBytes(compiled) }]
  })
  const onEvents = judged.filter(({ compiled }) => compiled.rule.on === 'event')
  const byCompiled = new Map(onEvents.map((one) => [one.compiled, one]))
  return {
    set: createRuleSet(onEvents.map(({ compiled }) => compiled)),
    readsInitiator: onEvents.some(({ compiled }) => compiled.reads.costly.has('initiator')),
    onGaps: judged.filter(({ compiled }) => compiled.rule.on === 'gap'),
    of(compiled) {
      const found = byCompiled.get(compiled)
      if (found === undefined) throw new Error(`could not judge by ${compiled.rule.name}: it is not in force`)
      return found
    },
  }
}

/** One that stays in force while others change is not compiled again. */
const known = new WeakMap<Rule, CompiledRule | null>()

function compiledOnce(rule: Rule): CompiledRule | null {
  const before = known.get(rule)
  if (before !== undefined) return before
  const compilation = compileRule(rule)
  const compiled = compilation.ok ? compilation.compiled : null
  known.set(rule, compiled)
  return compiled
}

/** Of an event with an object the path is in no column, and neither are the groups of whom its actor acted as. */
const inNoColumn: ReadonlySet<string> = new Set(['event/path', 'impersonated/groups', 'impersonated/'])

function readsBytes({ reads, steps, exceptions }: CompiledRule): boolean {
  const paths = [...steps, ...exceptions].flatMap(({ where }) => where?.program.reads.map(({ path }) => path) ?? [])
  return reads.body || paths.some(([variable, field = '']) => inNoColumn.has(`${variable}/${field}`))
}
