// stateAt: what an object was at a time, from the revisions around it.

import type { JsonObject } from './json-values.ts'
import type { Revision } from './revision.ts'

export interface StateAt {
  /** The revision in force; null before the first. */
  readonly revision: Revision | null
  /** Null where there was none, it was gone, or its state is not known. */
  readonly object: JsonObject | null
  /** `maybe`: it may have been there; the first that is known of it is later, and is no create. */
  readonly presence: 'present' | 'gone' | 'not-yet' | 'maybe'
  /**
   * The next revision where it may have been in force already: its write was under way at that time, or was not seen
   * and only a later read tells of it. Null where there is no doubt.
   */
  readonly orAlready: Revision | null
  /** A write that was not seen may have changed it by then: the next revision says why (`link`). */
  readonly orUnseen: boolean
}

/**
 * `revisions` are placed ones of one uid in their order: those around `time` are enough (the last that ended before it,
 * and all up to the first that began after it, which is included). Order is by version, so an earlier version never
 * counts against a later one, whatever the clocks say. `time` is in microseconds since 1970.
 */
export function stateAt(time: number, revisions: readonly Revision[]): StateAt {
  const at = revisions.findLastIndex(({ observation }) => observation.latest <= time)
  const revision = revisions[at] ?? null
  const next = revisions[at + 1] ?? null
  const orAlready = next !== null && mayHaveBegun(next, time) ? next : null
  const orUnseen = next !== null && next.link.adjacency === 'broken'
  if (revision === null) return { revision, object: null, presence: absence(next), orAlready, orUnseen }
  const isGone = revision.observation.observed === 'deleted'
  return {
    revision,
    object: isGone ? null : revision.object,
    presence: isGone ? 'gone' : 'present',
    orAlready,
    orUnseen,
  }
}

/** What a read shows, or a broken link hides, may have been so at any time since the revision before. */
function mayHaveBegun({ observation, link }: Revision, time: number): boolean {
  return observation.earliest <= time || link.reasons.some(({ kind }) => kind === 'read' || kind === 'repeated')
}

function absence(next: Revision | null): 'not-yet' | 'maybe' {
  return next !== null && !next.observation.isCreate ? 'maybe' : 'not-yet'
}
