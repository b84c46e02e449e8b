// countingHits: which events that a rule matched make a finding, by the condition of the rule. A function of the set of hits:
// their order, repeats and when they came to be known change nothing.

import type { Condition } from './rule.ts'

/** A request that a step of a rule matched. */
export interface Hit {
  /** Of the request, in microseconds since 1970. */
  readonly timeUs: number
  /** The same for all stages of one request and for no two requests. */
  readonly request: string
  /** 0 is the rule's own match; others are of its condition. */
  readonly step: number
  /** What `distinct` and `firstSeen` compare; null is no value. */
  readonly value: string | null
}

/**
 * Those of one group that count, by time and request, each once. Both ends of a window are in it; what follows something
 * is later. Costs O(n log n).
 */
export function countingHits<H extends Hit>(condition: Condition, hits: readonly H[]): readonly H[] {
  const sorted = inOrder(hits)
  const own = sorted.filter(({ step }) => step === 0)
  switch (condition.kind) {
    case 'each':
      return own
    case 'count':
      return inFullWindows(own, condition.withinUs, (from, to) => to - from >= condition.atLeast)
    case 'distinct':
      return inDistinctWindows(own, { ...condition, of: ({ value }) => value })
    case 'sequence':
      return inChains(sorted, condition.steps.length + 1, condition.withinUs)
    case 'together':
      return inDistinctWindows(sorted, {
        ...condition,
        atLeast: condition.steps.length + 1,
        of: ({ step }) => String(step),
      })
    case 'absence':
      return notFollowed(own, sorted, condition.withinUs)
    case 'first-seen':
      return notSeenBefore(own, condition.withinUs)
    default:
      return condition satisfies never
  }
}

function inOrder<H extends Hit>(hits: readonly H[]): readonly H[] {
  const once = new Map(hits.map((hit) => [`${hit.step} ${hit.timeUs} ${hit.request}`, hit]))
  return [...once.values()].toSorted(
    (a, b) => a.timeUs - b.timeUs || (a.request < b.request ? -1 : a.request > b.request ? 1 : a.step - b.step),
  )
}

/** Those in a window that begins with one of them and is full: `isFull` is asked of [from, to), from each `from` in turn. */
function inFullWindows<H extends Hit>(
  hits: readonly H[],
  withinUs: number,
  isFull: (from: number, to: number) => boolean,
): readonly H[] {
  const counting: H[] = []
  let [to, counted] = [0, 0]
  for (const [from, first] of hits.entries()) {
    while (to < hits.length && (hits[to]?.timeUs ?? 0) - first.timeUs <= withinUs) to += 1
    if (!isFull(from, to)) continue
    // Windows move on, so that what is counted already is the beginning of this one.
    for (const hit of hits.slice(Math.max(from, counted), to)) counting.push(hit)
    counted = to
  }
  return counting
}

interface Differing {
  readonly atLeast: number
  readonly withinUs: number
  /** What differs; null does not count. */
  readonly of: (hit: Hit) => string | null
}

function inDistinctWindows<H extends Hit>(hits: readonly H[], { atLeast, withinUs, of }: Differing): readonly H[] {
  const valued = hits.filter((hit) => of(hit) !== null)
  const valueAt = (index: number): string => {
    const hit = valued[index]
    return hit === undefined ? '' : (of(hit) ?? '')
  }
  const counts = new Map<string, number>()
  let [left, right] = [0, 0]
  return inFullWindows(valued, withinUs, (from, to) => {
    for (; right < to; right += 1) counts.set(valueAt(right), (counts.get(valueAt(right)) ?? 0) + 1)
    for (; left < from; left += 1) {
      const others = (counts.get(valueAt(left)) ?? 0) - 1
      if (others === 0) counts.delete(valueAt(left))
      else counts.set(valueAt(left), others)
    }
    return counts.size >= atLeast
  })
}

/**
 * Of each hit the latest beginning of a chain that ends with it, and the earliest end of one that begins with it: both can be
 * chosen alone, so the hit is in a chain that is short enough where these two are.
 */
function inChains<H extends Hit>(hits: readonly H[], steps: number, withinUs: number): readonly H[] {
  const begins = chainEnds(hits, { steps, from: 0, towards: 1 })
  const ends = chainEnds(hits.toReversed(), { steps, from: steps - 1, towards: -1 }).toReversed()
  return hits.filter((_hit, index) => {
    const [begin, end] = [begins[index] ?? null, ends[index] ?? null]
    return begin !== null && end !== null && end - begin <= withinUs
  })
}

interface Direction {
  readonly steps: number
  /** The step at which chains end in this direction, and towards which one the others come. */
  readonly from: number
  readonly towards: 1 | -1
}

/** Of each hit the nearest time at which a chain through it can end in the direction that was gone over; null without one. */
function chainEnds(hits: readonly Hit[], { steps, from, towards }: Direction): readonly (number | null)[] {
  const best: (number | null)[] = Array.from({ length: steps }, () => null)
  const found: (number | null)[] = []
  for (const [index, { timeUs }] of hits.entries()) {
    if (found.length > index) continue
    // What is of one time follows nothing of that time.
    const same: Hit[] = []
    for (let at = index; at < hits.length && hits[at]?.timeUs === timeUs; at += 1) same.push(hits[at] as Hit)
    const own = same.map(({ step }) => (step === from ? timeUs : (best[step - towards] ?? null)))
    for (const [at, { step }] of same.entries()) {
      const end = own[at] ?? null
      const before = best[step] ?? null
      if (end !== null) best[step] = before === null || (end - before) * towards > 0 ? end : before
    }
    found.push(...own)
  }
  return found
}

/** Those after which nothing of another step came in time. */
function notFollowed<H extends Hit>(own: readonly H[], all: readonly H[], withinUs: number): readonly H[] {
  const others = all.filter(({ step }) => step !== 0).map(({ timeUs }) => timeUs)
  let next = 0
  return own.filter(({ timeUs }) => {
    while (next < others.length && (others[next] ?? 0) <= timeUs) next += 1
    const follows = others[next]
    return follows === undefined || follows - timeUs > withinUs
  })
}

/** Those of whose value there was none within the time before; what is of one time is seen for the first time together. */
function notSeenBefore<H extends Hit>(own: readonly H[], withinUs: number): readonly H[] {
  const seen = new Map<string, { readonly timeUs: number; readonly beforeUs: number }>()
  return own.filter(({ timeUs, value }) => {
    if (value === null) return false
    const last = seen.get(value)
    const beforeUs = last === undefined ? -Infinity : last.timeUs < timeUs ? last.timeUs : last.beforeUs
    seen.set(value, { timeUs, beforeUs })
    return timeUs - beforeUs >= withinUs
  })
}
