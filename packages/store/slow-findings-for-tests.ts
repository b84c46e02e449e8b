// slowFindings: what rules find in some events, the slow way: every rule on every event in memory, and windows as they are
// defined, pair by pair. Written apart from what it judges.

import { eventIdentity, eventKey, formatEventId } from '@plaintrail/event/identity'
import { normalize } from '@plaintrail/event/normalize'
import type { Event, Stage } from '@plaintrail/event/event'
import type { JsonObject } from '@plaintrail/history/json-values'
import { compileRule } from '@plaintrail/rules/compile-rule'
import { evaluate, fieldValues } from '@plaintrail/rules/evaluate'
import { filledText } from '@plaintrail/rules/filled-text'
import { findingId } from '@plaintrail/rules/finding-id'
import type { Rule } from '@plaintrail/rules/rule'
import { subjectOf } from '@plaintrail/rules/subject-of-event'

export interface SlowCluster {
  readonly uid: string
  readonly name: string
}

export interface SlowEvent {
  readonly cluster: SlowCluster
  /** As it is in an EventList. */
  readonly text: string
}

export interface SlowFound {
  readonly id: string
  readonly rule: string
  readonly group: Readonly<Record<string, string | null>>
  readonly events: number
  readonly firstUs: number
  readonly lastUs: number
  readonly summary: string
  /** Ids of the events of its requests, sorted. */
  readonly eventIds: readonly string[]
}

interface SlowHit {
  readonly finding: string
  readonly cluster: SlowCluster
  readonly rule: Rule
  readonly group: SlowFound['group']
  readonly step: number
  readonly timeUs: number
  readonly request: string
  readonly order: readonly [number, number, string]
  readonly value: string | null
  readonly summary: string
  readonly eventId: string
  /** An exception means its event. */
  readonly isHidden: boolean
}

/**
 * By id. `decidedUntilUs`: what is followed by nothing is said of what happened so long before. `isHidden`: of the text of an
 * event, whether an exception means it.
 */
export function slowFindings(
  rules: readonly Rule[],
  events: readonly SlowEvent[],
  decidedUntilUs = Infinity,
  isHidden: (text: string) => boolean = () => false,
): readonly SlowFound[] {
  const hits = new Map<string, SlowHit>()
  for (const found of rules.flatMap((rule) => events.flatMap((event) => hitsOf(rule, event)))) {
    const hit = { ...found, isHidden: isHidden(found.text) }
    const place = JSON.stringify([hit.finding, hit.step, hit.timeUs, hit.request])
    const before = hits.get(place)
    if (before === undefined || JSON.stringify(before.order) < JSON.stringify(hit.order)) hits.set(place, hit)
  }
  const groups = Map.groupBy(hits.values(), ({ finding }) => finding)
  return [...groups]
    .flatMap(([id, own]) => foundIn(id, own, decidedUntilUs) ?? [])
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
}

function foundIn(id: string, hits: readonly SlowHit[], decidedUntilUs: number): SlowFound | null {
  const condition = hits[0]?.rule.condition
  // What keeps another hit from counting keeps it also where an exception means it.
  const isKept = condition?.kind === 'absence' || condition?.kind === 'first-seen'
  const looked = isKept ? hits : hits.filter((hit) => !hit.isHidden)
  const counting = looked.filter((hit) => !hit.isHidden && counts(hit, looked, decidedUntilUs))
  const requests = new Map(counting.map((hit) => [`${hit.timeUs} ${hit.request}`, hit]))
  const times = counting.map(({ timeUs }) => timeUs)
  const last = counting.toSorted((a, b) => a.timeUs - b.timeUs || (a.eventId < b.eventId ? -1 : 1)).at(-1)
  if (last === undefined) return null
  return {
    id,
    rule: last.rule.name,
    group: last.group,
    events: requests.size,
    firstUs: Math.min(...times),
    lastUs: Math.max(...times),
    summary: last.summary,
    eventIds: [...new Set(counting.map(({ eventId }) => eventId))].toSorted(),
  }
}

function counts(hit: SlowHit, all: readonly SlowHit[], decidedUntilUs: number): boolean {
  const { condition, latenessUs } = hit.rule
  const own = all.filter(({ step }) => step === 0)
  switch (condition.kind) {
    case 'each':
      return true
    case 'count':
      return windowsAround(hit, own, condition.withinUs).some(({ length }) => length >= condition.atLeast)
    case 'distinct': {
      const valued = own.filter(({ value }) => value !== null)
      return (
        hit.value !== null &&
        windowsAround(hit, valued, condition.withinUs).some(
          (window) => new Set(window.map(({ value }) => value)).size >= condition.atLeast,
        )
      )
    }
    case 'sequence':
      return chains(all, condition.steps.length + 1).some(
        (chain) => chain.includes(hit) && (chain.at(-1)?.timeUs ?? 0) - (chain[0]?.timeUs ?? 0) <= condition.withinUs,
      )
    case 'together':
      return windowsAround(hit, all, condition.withinUs).some(
        (window) => new Set(window.map(({ step }) => step)).size > condition.steps.length,
      )
    case 'absence':
      return (
        hit.step === 0 &&
        hit.timeUs + condition.withinUs + latenessUs <= decidedUntilUs &&
        !all.some(({ step, timeUs }) => step === 1 && timeUs > hit.timeUs && timeUs <= hit.timeUs + condition.withinUs)
      )
    case 'first-seen':
      return (
        hit.value !== null &&
        !own.some(
          ({ value, timeUs }) => value === hit.value && timeUs < hit.timeUs && timeUs > hit.timeUs - condition.withinUs,
        )
      )
    default:
      return condition satisfies never
  }
}

/** Of each that begins with one of them and has the hit in it, what is in it. */
function windowsAround(hit: SlowHit, hits: readonly SlowHit[], withinUs: number): readonly (readonly SlowHit[])[] {
  return hits
    .filter(({ timeUs }) => timeUs <= hit.timeUs && hit.timeUs <= timeUs + withinUs)
    .map((first) => hits.filter(({ timeUs }) => timeUs >= first.timeUs && timeUs <= first.timeUs + withinUs))
}

function chains(hits: readonly SlowHit[], length: number): readonly (readonly SlowHit[])[] {
  let all: readonly (readonly SlowHit[])[] = [[]]
  for (let step = 0; step < length; step++) {
    all = all.flatMap((chain) =>
      hits
        .filter((next) => next.step === step && next.timeUs > (chain.at(-1)?.timeUs ?? -1))
        .map((next) => [...chain, next]),
    )
  }
  return all
}

const stageOrder: readonly Stage[] = ['Unknown', 'RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic']

function hitsOf(rule: Rule, { cluster, text }: SlowEvent): readonly (Omit<SlowHit, 'isHidden'> & SlowEvent)[] {
  const raw = JSON.parse(text) as JsonObject
  const event = normalize(raw)
  const compilation = compileRule(rule)
  if (event === null || !compilation.ok || rule.on !== 'event') return []
  const { compiled } = compilation
  const key = eventKey(eventIdentity(Buffer.from(text)), Buffer.from(cluster.uid.replaceAll('-', ''), 'hex'))
  const eventId = formatEventId(event.time, key)
  const subject = subjectOf({ id: eventId, cluster: cluster.name, event, raw, receivedUs: event.time })
  const evaluation = evaluate(compiled, subject)
  if (evaluation.kind !== 'match') return []
  const { steps, group, value } = evaluation
  return steps.map((step) => ({
    finding: findingId(cluster.uid, rule.name, group),
    text,
    cluster,
    rule,
    group: Object.fromEntries(rule.groupBy.map((name, index) => [name, group[index] ?? null])),
    step,
    timeUs: event.time,
    request: requestOf(event),
    order: [stageOrder.indexOf(event.stage), event.stageTime ?? 0, key.toString('hex')],
    value,
    summary: filledText(rule.summary, fieldValues(compiled, subject)),
    eventId,
  }))
}

const requestOf = ({ auditID, actor, verb, requestURI }: Event): string =>
  JSON.stringify([auditID, actor.name, actor.type, verb, requestURI])
