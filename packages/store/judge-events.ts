// createEventJudge: what rules say of the next events of a lane: by their rows, and by their bytes only where a rule that the
// row leaves open reads these.

import { hash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import type { Stage } from '@plaintrail/event/event'
import type { CompiledRule } from '@plaintrail/rules/compile-rule'
import { fieldValues } from '@plaintrail/rules/evaluate'
import type { Evaluation, FieldValues } from '@plaintrail/rules/evaluation'
import { filledText } from '@plaintrail/rules/filled-text'
import { findingId, parseFindingId } from '@plaintrail/rules/finding-id'
import type { Rule } from '@plaintrail/rules/rule'
import type { CostlyPart } from '@plaintrail/rules/subject'
import { subjectOf } from '@plaintrail/rules/subject-of-event'
import type { LaneStretch } from './find-arrivals.ts'
import type { NewFinding } from './finding-rows.ts'
import type { FoundHit } from './findings-of-hits.ts'
import type { JudgedRule, JudgedRules } from './judged-rules.ts'
import type { Store } from './open-store.ts'
import type { ParsedItem, ParsedItems } from './parsed-items.ts'
import { createRevisionSources } from './revision-sources.ts'
import { storable } from './revision-row.ts'
import { createCoverageTally, type CoverageTally } from './rule-coverage.ts'
import type { HandedEvents } from './handed-events.ts'
import { createEventTexts } from './rule-event-texts.ts'
import { ruleEvents, type RuleEvent } from './rule-events.ts'
import { ruleParts, type RuleParts } from './rule-parts.ts'
import { segmentItemsIn } from './segment-items.ts'

export interface JudgedCluster {
  readonly id: number
  readonly uid: string
  readonly name: string
}

interface JudgedStretch {
  readonly hits: readonly FoundHit[]
  readonly coverage: CoverageTally
  readonly counts: JudgedCounts
  /** Up to here the numbers were judged: less than asked for where their bytes, states or hits are many. */
  readonly last: number
  /** The latest request among them, no later than it was received; microseconds since 1970, 0 for none. */
  readonly timeUs: number
}

/** Of a rule and an event each. */
export interface JudgedCounts {
  readonly evaluated: number
  readonly matched: number
  readonly insufficient: number
  readonly errors: number
}

export interface EventJudge {
  /** Bytes are of events before they are parsed; one event is read whatever its size. */
  judge(rules: JudgedRules, cluster: JudgedCluster, stretch: LaneStretch, bytesMax: number): Promise<JudgedStretch>
  /** The first of some events of one cluster, in whatever order; one is judged at least where there is one. */
  judgeEvents(
    rules: JudgedRules,
    cluster: JudgedCluster,
    events: readonly RuleEvent[],
    bytesMax: number,
  ): Promise<JudgedEvents>
}

interface JudgedEvents extends Omit<JudgedStretch, 'last'> {
  /** How many of them were judged: less than there are where their bytes, states or hits are many. */
  readonly taken: number
}

export interface EventJudgeParts {
  readonly store: Store
  readonly parsed: ParsedItems
  readonly handed?: HandedEvents | null
  readonly isHistoryOn: boolean
}

/** Hits of one batch; what is past them waits for the next. */
const hitsMax = 5_000
/** Events of one batch whose rules read what was before: a delete is small, and what it deleted may be 1.5 MiB. */
const statesMax = 100

interface OpenEvent {
  readonly event: RuleEvent
  readonly candidates: readonly CompiledRule[]
  readonly parsed: ParsedItem | null
}

export function createEventJudge({ store, parsed, handed = null, isHistoryOn }: EventJudgeParts): EventJudge {
  const items = segmentItemsIn(store, parsed.unpacked)
  const sources = createRevisionSources(items, parsed)
  const texts = createEventTexts(store)

  /** Null where its bytes are needed and gone. */
  const opened = async (
    rules: JudgedRules,
    event: RuleEvent,
    candidates: readonly CompiledRule[],
  ): Promise<OpenEvent | null> => {
    if (!candidates.some((one) => rules.of(one).readsBytes)) return { event, candidates, parsed: null }
    const { segmentId, item, flags } = event.record
    const read = await parsed.read(items, { segmentId, item, flags })
    return read && { event, candidates, parsed: read }
  }

  const judgeEvents: EventJudge['judgeEvents'] = async (rules, cluster, events, bytesMax) => {
    const open: OpenEvent[] = []
    let [bytes, pairs, states, taken, timeUs] = [0, 0, 0, 0, 0]
    for (const event of events) {
      if (bytes > bytesMax || pairs > hitsMax || states >= statesMax) break
      taken += 1
      const { told, receivedUs } = event
      timeUs = Math.max(timeUs, Math.min(told.time, receivedUs))
      const candidates = rules.set.candidates({ cluster: cluster.name, event: told, receivedUs })
      if (candidates.length === 0) continue
      const one = await opened(rules, event, candidates)
      if (one === null) continue
      bytes += one.parsed?.bytes ?? 0
      pairs += candidates.length
      if (candidates.some(({ reads }) => reads.costly.has('oldObject'))) states += 1
      open.push(one)
    }
    const parts = await partsOf({ store, isHistoryOn }, sources, open)
    const batch = new Batch(rules, cluster)
    for (const [index, one] of open.entries()) {
      batch.take(one, parts[index] ?? {})
      // Thousands of costly expressions take seconds, in which others of the process go on.
      await setImmediate()
    }
    return { ...batch.judged(), taken, timeUs }
  }

  return {
    judgeEvents,
    async judge(rules, cluster, stretch, bytesMax) {
      const events = await ruleEvents(store, stretch, { texts, handed })
      const { taken, ...judged } = await judgeEvents(rules, cluster, events, bytesMax)
      const next = events[taken]
      return { ...judged, last: next === undefined ? stretch.last : next.seq - 1 }
    },
  }
}

async function partsOf(
  { store, isHistoryOn }: Pick<EventJudgeParts, 'store' | 'isHistoryOn'>,
  sources: ReturnType<typeof createRevisionSources>,
  open: readonly OpenEvent[],
): Promise<readonly RuleParts[]> {
  const asked = open.map(({ event, candidates }) => ({
    event,
    parts: new Set(candidates.flatMap(({ reads }): readonly CostlyPart[] => [...reads.costly])),
  }))
  if (asked.every(({ parts }) => parts.size === 0)) return open.map(() => ({}))
  return await ruleParts(store, sources, asked, { isHistoryOn })
}

class Batch {
  private readonly rules: JudgedRules
  private readonly cluster: JudgedCluster
  private readonly hits: FoundHit[] = []
  private readonly coverage = createCoverageTally()
  /** By rule and group: many hits are of few. */
  private readonly findings = new Map<string, NewFinding>()
  private readonly counts = { evaluated: 0, matched: 0, insufficient: 0, errors: 0 }

  constructor(rules: JudgedRules, cluster: JudgedCluster) {
    this.rules = rules
    this.cluster = cluster
  }

  take({ event, candidates, parsed }: OpenEvent, parts: RuleParts): void {
    const { cluster } = this
    const { id, told, receivedUs, record } = event
    const { event: whole, raw } = parsed ?? { event: told, raw: {} }
    const subject = subjectOf({ id, cluster: cluster.name, event: whole, raw, receivedUs, ...parts })
    for (const { compiled, evaluation } of this.rules.set.evaluate(subject, candidates)) {
      const judged = this.rules.of(compiled)
      const { ruleId, version } = judged
      this.coverage.add({ ruleId, version, timeUs: record.time, key: record.key }, evaluation)
      this.count(evaluation)
      if (evaluation.kind !== 'match') continue
      const fields = boundedFields(fieldValues(compiled, subject))
      const finding = this.findingOf(judged, evaluation.group, fields)
      this.hits.push(...hitsOf({ finding, judged, event, fields }, evaluation))
    }
  }

  judged(): Pick<JudgedStretch, 'counts' | 'coverage' | 'hits'> {
    return { hits: this.hits, coverage: this.coverage, counts: this.counts }
  }

  private findingOf(
    { ruleId, version, compiled: { rule } }: JudgedRule,
    group: readonly (string | null)[],
    fields: FieldValues,
  ): NewFinding {
    const key = JSON.stringify([ruleId, group])
    const known = this.findings.get(key)
    if (known !== undefined) return known
    const finding = {
      id: findingUuid(this.cluster.uid, rule.name, group),
      ruleId,
      version,
      severity: rule.severity,
      controls: rule.controls,
      summary: filledText(rule.summary, fields),
      group: boundedFields(Object.fromEntries(rule.groupBy.map((name, index) => [name, group[index] ?? null]))),
      fields,
    }
    this.findings.set(key, finding)
    return finding
  }

  private count({ kind }: Evaluation): void {
    this.counts.evaluated += 1
    if (kind === 'match') this.counts.matched += 1
    else if (kind === 'insufficient') this.counts.insufficient += 1
    else if (kind === 'error') this.counts.errors += 1
  }
}

interface Matched {
  readonly finding: NewFinding
  readonly judged: JudgedRule
  readonly event: RuleEvent
  readonly fields: FieldValues
}

const stageRanks: Readonly<Record<Stage, number>> = {
  Unknown: 0,
  RequestReceived: 1,
  ResponseStarted: 2,
  ResponseComplete: 3,
  Panic: 4,
}

function hitsOf(
  { finding, judged: { version, compiled }, event, fields }: Matched,
  { steps, value }: Extract<Evaluation, { kind: 'match' }>,
): readonly FoundHit[] {
  const { record, told } = event
  const hit = {
    finding,
    timeUs: record.time,
    request: requestOf(event),
    version,
    key: record.key,
    gapId: null,
    stageRank: stageRanks[told.stage],
    stageTimeUs: record.stageTime ?? 0,
    value: value === null ? null : boundedValue(value),
    fields,
  }
  return steps.map((step) => ({ ...hit, step, dueUs: dueUsOf(compiled.rule, step, record.time) }))
}

function dueUsOf({ condition, latenessUs }: Rule, step: number, timeUs: number): number | null {
  return condition.kind === 'absence' && step === 0 ? timeUs + condition.withinUs + latenessUs : null
}

/** A UUID, as tables have the id of a finding. */
export function findingUuid(clusterUid: string, rule: string, group: readonly (string | null)[]): string {
  const bytes = parseFindingId(findingId(clusterUid, rule, group))
  if (bytes === null) throw new Error('could not read an id of a finding that was just made')
  return uuidOf(bytes.toString('hex'))
}

export function uuidOf(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}

/** A UUID: the same for all stages of a request, as lists join them. */
function requestOf({ told, record: { time, uriHash } }: RuleEvent): string {
  const { auditID, actor, verb } = told
  return uuidOf(hash('sha256', JSON.stringify([auditID, time, actor.name, actor.type, verb, uriHash])))
}

/** UTF-16 units of each value. */
const valueCharsMax = 1_000

/** Cut, but two that differ stay two. */
function boundedValue(value: string): string {
  return value.length <= valueCharsMax ? storable(value) : `sha256:${hash('sha256', value)}`
}

export function boundedFields(fields: FieldValues): FieldValues {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      value === null ? null : storable(value.slice(0, valueCharsMax)),
    ]),
  )
}
