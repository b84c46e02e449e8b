// OfflineFindings: what rules find in events that no server has, kept in memory.

import type { Event } from '@plaintrail/event/event'
import type { CompiledRule } from './compile-rule.ts'
import { countingHits, type Hit } from './counting-hits.ts'
import { fieldValues } from './evaluate.ts'
import type { Evaluation, FieldValues } from './evaluation.ts'
import { filledCommand, filledText } from './filled-text.ts'
import { findingId } from './finding-id.ts'
import type { Rule } from './rule.ts'
import type { Subject } from './subject.ts'

/** Requests that rules matched, of one run: 300 bytes each. */
export const hitsMax = 1_000_000

export interface OfflineFinding {
  readonly id: string
  readonly rule: Rule
  readonly cluster: string
  /** By `groupBy`. */
  readonly group: readonly (string | null)[]
  readonly summary: string
  readonly remediation: string
  /** Those that can be told with safe words. */
  readonly commands: readonly string[]
  /** Ids of the events that count, by time; of a request its latest stage. */
  readonly events: readonly string[]
  /** Microseconds since 1970, of the first and the last request that counts. */
  readonly firstUs: number
  readonly lastUs: number
}

type Match = Extract<Evaluation, { readonly kind: 'match' }>

interface FoundHit extends Hit {
  readonly event: string
  readonly stageRank: number
  readonly values: FieldValues
}

interface Group {
  readonly compiled: CompiledRule
  readonly cluster: string
  readonly group: readonly (string | null)[]
  /** By step and request. */
  readonly hits: Map<string, FoundHit>
}

export class OfflineFindings {
  private readonly groups = new Map<string, Group>()
  private hits = 0
  private lastUs = 0

  /** False, and nothing is kept, where there are more than `hitsMax`. */
  add(compiled: CompiledRule, subject: Subject, match: Match): boolean {
    const { event, cluster, id } = subject
    const values = fieldValues(compiled, subject)
    const request = requestOf(subject)
    const stageRank = stageRanks[event.stage]
    const found = { timeUs: event.time, request, value: match.value, event: id, stageRank, values }
    return match.steps.every((step) => this.put({ compiled, cluster, group: match.group }, { ...found, step }))
  }

  /** Until when events are known: what nothing followed is decided by it. */
  sawUntil(timeUs: number): void {
    this.lastUs = Math.max(this.lastUs, timeUs)
  }

  /** By rule and time. `isOver`: there are no more events, and what nothing followed is decided now. */
  findings({ isOver }: { readonly isOver: boolean }): readonly OfflineFinding[] {
    const found = [...this.groups.values()].map((group) => this.findingOf(group, isOver)).filter((one) => one !== null)
    return found.toSorted((a, b) => compare(a.rule.name, b.rule.name) || a.firstUs - b.firstUs || compare(a.id, b.id))
  }

  private put(of: Omit<Group, 'hits'>, hit: FoundHit): boolean {
    const key = JSON.stringify([of.compiled.rule.name, of.cluster, of.group])
    const group = this.groups.get(key) ?? { ...of, hits: new Map<string, FoundHit>() }
    const place = `${hit.step} ${hit.request}`
    const before = group.hits.get(place)
    if (before === undefined) this.hits += 1
    if (this.hits > hitsMax) return false
    if (before === undefined || hit.stageRank >= before.stageRank) group.hits.set(place, hit)
    this.groups.set(key, group)
    return true
  }

  private findingOf({ compiled, cluster, group, hits }: Group, isOver: boolean): OfflineFinding | null {
    const { rule } = compiled
    const counting = countingHits(rule.condition, [...hits.values()]).filter(
      ({ timeUs }) => isOver || this.isDecided(rule, timeUs),
    )
    const [first, last] = [counting[0], counting.at(-1)]
    if (first === undefined || last === undefined) return null
    return {
      id: findingId(cluster, rule.name, group),
      rule,
      cluster,
      group,
      summary: filledText(rule.summary, last.values),
      remediation: filledText(rule.remediation, last.values),
      commands: rule.commands
        .map((command) => filledCommand(command, last.values))
        .filter((command) => command !== null),
      events: counting.map(({ event }) => event),
      firstUs: first.timeUs,
      lastUs: last.timeUs,
    }
  }

  private isDecided({ condition, latenessUs }: Rule, timeUs: number): boolean {
    return condition.kind !== 'absence' || timeUs + condition.withinUs + latenessUs <= this.lastUs
  }
}

const stageRanks: Readonly<Record<Event['stage'], number>> = {
  Unknown: 0,
  RequestReceived: 1,
  ResponseStarted: 2,
  ResponseComplete: 3,
  Panic: 4,
}

/** The same for all stages of a request. */
function requestOf({ cluster, event }: Subject): string {
  const { auditID, time, actor, verb, requestURI } = event
  return JSON.stringify([cluster, auditID, time, actor.name, actor.type, verb, requestURI])
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)
