// restBesideIngest: how long work that can wait rests between its steps, so that events are stored first: for its whole share
// while many are stored, not at all while none are.

import { laneHeads } from '@plaintrail/store/lane-heads'
import type { Store } from '@plaintrail/store/open-store'

export interface RestBounds {
  /** It rests for so long as this share of the time that it worked, where storing is busy. */
  readonly restShare: number
  /** So many stored in a second are busy; of fewer, it rests for less. */
  readonly busyEventsPerSecond: number
}

export interface Rests {
  /** Milliseconds to rest after so many of work. Throws what Postgres does. */
  after(workedMs: number): Promise<number>
}

/** Storing is in batches: a rate is that of a second at least. */
const lookMs = 1_000

export function restBesideIngest(
  store: Store,
  { restShare, busyEventsPerSecond }: RestBounds,
  nowMs: () => number = () => performance.now(),
): Rests {
  let looked: { readonly atMs: number; readonly events: number } | null = null
  // Until a rate is known, as if it were busy.
  let share = restShare
  return {
    async after(workedMs) {
      const atMs = nowMs()
      if (looked === null) {
        looked = { atMs, events: await numberedEvents(store) }
      } else if (atMs - looked.atMs >= lookMs) {
        const events = await numberedEvents(store)
        const perSecond = ((events - looked.events) * 1_000) / (atMs - looked.atMs)
        share = perSecond >= busyEventsPerSecond ? restShare : (restShare * perSecond) / busyEventsPerSecond
        looked = { atMs, events }
      }
      return workedMs * share
    },
  }
}

/** Of all lanes, since there are any. */
async function numberedEvents(store: Store): Promise<number> {
  const { last } = await laneHeads(store)
  return last.values().reduce((sum, number) => sum + number, 0)
}
