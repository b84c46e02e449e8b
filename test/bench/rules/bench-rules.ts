// npm run bench rules: what rules cost to evaluate, without a store: the recorded weeks over and over, each event parsed and
// normalized as a worker has it anyway, with no rule, with some of the shipped ones, and with 1,000.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { normalize } from '@plaintrail/event/normalize'
import type { JsonObject } from '@plaintrail/history/json-values'
import { compileRule, type CompiledRule } from '@plaintrail/rules/compile-rule'
import { parseRules } from '@plaintrail/rules/parse-rules'
import type { Rule } from '@plaintrail/rules/rule'
import { createRuleSet, type RuleSet } from '@plaintrail/rules/rule-set'
import { subjectOf } from '@plaintrail/rules/subject-of-event'
import { corpusOf, corpusVersions } from '../../corpus.ts'
import { heading, percentile, rate, row } from '../report.ts'

export interface RulesBenchOptions {
  /** How often the recorded weeks are gone over, for each number of rules in turn. */
  readonly rounds: number
}

const packFolder = join(import.meta.dirname, '../../../packages/rules/packs')
const fewRules = 80
const manyRules = 1_000

export function benchRules({ rounds }: RulesBenchOptions): void {
  const events = corpusVersions()
    .flatMap((version) => corpusOf(version).lists)
    .flatMap((list) => (JSON.parse(list) as { readonly items: readonly JsonObject[] }).items)
  const shipped = shippedRules()
  heading(`rules over ${rate(events.length)} recorded events, ${shipped.length} shipped rules, ${rounds} rounds`)
  measure('all', events, shipped, rounds)
  measure('noise', events.filter(isNoise), shipped, rounds)
}

/** What controllers, schedulers and nodes do by themselves, which is most of what most clusters send. */
function isNoise(raw: JsonObject): boolean {
  const type = normalize(raw)?.actor.type
  return type === 'control-plane' || type === 'node'
}

function measure(what: string, events: readonly JsonObject[], shipped: readonly Rule[], rounds: number): void {
  const items = events.map((event) => JSON.stringify(event))
  const sets = [0, fewRules, shipped.length, manyRules].map((count) => ({
    count,
    set: createRuleSet(enoughRules(shipped, count)),
    perSecond: [] as number[],
  }))
  // In turn, so that what else the machine does is the same for all.
  for (let round = -1; round < rounds; round += 1) {
    for (const { set, perSecond } of sets) {
      const measured = goOver(items, set)
      if (round >= 0) perSecond.push(measured.perSecond)
    }
  }
  const base = medianOf(sets[0]?.perSecond ?? [])
  for (const { count, set, perSecond } of sets) {
    const own = medianOf(perSecond)
    const { candidates, evaluations } = goOver(items, set)
    const cost = `${(1e6 / own - 1e6 / base).toFixed(1)} µs an event`
    row(
      `${what}, ${rate(count)} rules`,
      `${rate(own)} events/s`,
      `${Math.round((100 * own) / base)} % of none; ${cost}; ${(candidates / items.length).toFixed(2)} candidates an event, ${told(evaluations)}`,
    )
  }
}

function goOver(
  items: readonly string[],
  set: RuleSet,
): { readonly perSecond: number; readonly candidates: number; readonly evaluations: ReadonlyMap<string, number> } {
  const evaluations = new Map<string, number>()
  let candidates = 0
  // Of processor time, not of the clock: what else the machine does is no cost of rules.
  const from = process.cpuUsage()
  for (const [index, item] of items.entries()) {
    const raw = JSON.parse(item) as JsonObject
    const event = normalize(raw)
    if (event === null) continue
    const columns = { cluster: 'bench', event, receivedUs: event.time }
    const found = set.candidates(columns)
    if (found.length === 0) continue
    candidates += found.length
    for (const { evaluation } of set.evaluate(subjectOf({ ...columns, id: String(index), raw }), found)) {
      evaluations.set(evaluation.kind, (evaluations.get(evaluation.kind) ?? 0) + 1)
    }
  }
  const { user, system } = process.cpuUsage(from)
  return { perSecond: (items.length / (user + system)) * 1_000_000, candidates, evaluations }
}

function shippedRules(): readonly Rule[] {
  return readdirSync(packFolder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.ya?ml$/.test(file))
    .toSorted()
    .flatMap((file) => parseRules(readFileSync(join(packFolder, file), 'utf8')).rules.map(({ rule }) => rule))
    .filter(({ on, state }) => on === 'event' && state === 'active')
}

/** Every nth of them; beyond those that there are, the same for a namespace of each of many teams. */
function enoughRules(shipped: readonly Rule[], count: number): readonly CompiledRule[] {
  const step = Math.max(1, shipped.length / Math.max(1, count))
  return Array.from({ length: count }, (_, at) => {
    const rule = shipped[Math.floor(at * step) % shipped.length]
    if (rule === undefined) throw new Error('could not find shipped rules: there are none')
    return compiled(at < shipped.length ? rule : ofTeam(rule, at))
  })
}

function ofTeam(rule: Rule, at: number): Rule {
  const { rules } = parseRules(
    JSON.stringify({
      apiVersion: 'plaintrail.dev/v1',
      kind: 'Rule',
      metadata: { name: `team-${at}` },
      spec: {
        title: 'Of a team',
        severity: 'low',
        match: `ns:team-${at % 100} (${rule.step.matchText || '-stage:Unknown'})`,
      },
    }),
  )
  const [own] = rules
  if (own === undefined) return { ...rule, name: `again-${at}` }
  return { ...rule, name: `team-${at}`, step: { ...rule.step, match: own.rule.step.match } }
}

function compiled(rule: Rule): CompiledRule {
  const compilation = compileRule(rule)
  if (compilation.ok) return compilation.compiled
  throw new Error(`could not compile ${rule.name}: ${JSON.stringify(compilation.errors)}`)
}

const medianOf = (figures: readonly number[]): number =>
  percentile(
    figures.toSorted((a, b) => a - b),
    0.5,
  )

const told = (evaluations: ReadonlyMap<string, number>): string =>
  [...evaluations].map(([kind, count]) => `${rate(count)} ${kind}`).join(', ')
