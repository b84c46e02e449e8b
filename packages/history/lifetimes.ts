// lifetimesOf: the objects that had one name, one after the other: a name that is used again is another uid.

import type { Observation } from './observation.ts'
import type { Revision } from './revision.ts'

/** What is looked at of a revision. */
export interface ChainEnd {
  readonly observation: Pick<Observation, 'resourceVersion' | 'earliest' | 'observed'>
}

/** The chain of one uid, by its first and last placed revisions. */
export interface Chain<End extends ChainEnd = Revision> {
  readonly uid: string
  readonly first: End
  readonly last: End
}

export interface Lifetime<End extends ChainEnd = Revision> extends Chain<End> {
  /**
   * `seen`: its end is a revision. `unseen`: the name was used again, so it was gone by the time that `next` began, and
   * nothing told of it. `open`: nothing says that it is gone.
   */
  readonly end: 'seen' | 'unseen' | 'open'
  /** The first revision of the one that came after it under this name; null for the last. */
  readonly next: End | null
}

/**
 * Chains of one cluster, resource, namespace and name in the order in which they lived: by resourceVersion, which counts
 * the writes to all objects of a resource, and by time where one has none. Sorts all it is given; the caller bounds it.
 */
export function lifetimesOf<End extends ChainEnd>(chains: readonly Chain<End>[]): readonly Lifetime<End>[] {
  const sorted = chains.toSorted((a, b) => compareFirsts(a.first, b.first))
  return sorted.map((chain, at) => {
    const next = sorted[at + 1]?.first ?? null
    const isSeen = chain.last.observation.observed === 'deleted'
    return { ...chain, end: isSeen ? 'seen' : next === null ? 'open' : 'unseen', next }
  })
}

function compareFirsts({ observation: a }: ChainEnd, { observation: b }: ChainEnd): number {
  if (a.resourceVersion === null || b.resourceVersion === null) return a.earliest - b.earliest
  return a.resourceVersion - b.resourceVersion
}
