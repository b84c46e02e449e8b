// projectedVolume: what an audit policy that records more would add, from what arrives already.

import type { NeededLevel } from '@plaintrail/rules/audit-need'
import type { Query } from '@plaintrail/query/ast'
import { and, matches } from '@plaintrail/query/ast'
import type { Scope } from '@plaintrail/query/scope'
import type { Window } from '@plaintrail/query/window'
import type { Budget } from './budget.ts'
import { findEvents } from './find-events.ts'
import { findFacets } from './find-facets.ts'
import type { Store } from './open-store.ts'
import { rawEvents } from './raw-events.ts'
import type { SegmentItems } from './segment-items.ts'

export interface ProjectedVolume {
  /** Requests a day that the policy would record so, from those of the window; what is not recorded at all is in none. */
  readonly eventsADay: number
  /** Bytes a day as they are sent, uncompressed, at the level. */
  readonly bytesADay: number
  /** `sampled`: from such events of clusters to be seen. `typical`: there are none, and their size is that of a usual one. */
  readonly size: 'sampled' | 'typical'
}

/** Means of the events with an object of the two recorded weeks in test/corpus, in bytes: writes, and for Metadata all. */
const typicalBytes: Readonly<Record<NeededLevel, number>> = { Metadata: 1_100, Request: 1_930, RequestResponse: 3_930 }
/** The newest that are looked at for their size. */
const sampleMax = 20
const sampleBytesMax = 4 * 1024 * 1024
const dayUs = 86_400_000_000

export async function projectedVolume(
  { store, items, scope, budget }: VolumeParts,
  { query, cluster, level, window }: VolumeQuestion,
): Promise<ProjectedVolume> {
  const ofCluster = and([query, matches('cluster', [[cluster]])])
  const { requests, countedSinceUs } = await findFacets(store, scope, {
    query: ofCluster,
    window,
    fields: ['verb'],
    limit: 1,
    budget,
  })
  const countedUs = Math.max(1, window.untilUs - Math.max(window.sinceUs, countedSinceUs))
  const eventsADay = Math.round((requests * dayUs) / countedUs)
  const sampled = await sampledBytes({ store, items, scope, budget }, and([query, matches('level', [[level]])]), window)
  return {
    eventsADay,
    bytesADay: Math.round(eventsADay * (sampled ?? typicalBytes[level])),
    size: sampled === null ? 'typical' : 'sampled',
  }
}

export interface VolumeParts {
  readonly store: Store
  readonly items: SegmentItems
  readonly scope: Scope
  readonly budget: Budget
}

export interface VolumeQuestion {
  /** What the policy would record. */
  readonly query: Query
  readonly cluster: string
  readonly level: NeededLevel
  /** Where it is counted. */
  readonly window: Window
}

/** The mean; null where there is none at that level. */
async function sampledBytes(
  { store, items, scope, budget }: VolumeParts,
  query: Query,
  window: Window,
): Promise<number | null> {
  const asked = { query, window, order: 'desc', limit: sampleMax, after: null, snapshot: null, budget } as const
  const { events } = await findEvents(store, scope, asked)
  const ids = events.map(({ id }) => id)
  const found = ids.length === 0 ? [] : await rawEvents(store, scope, { ids, bytesMax: sampleBytesMax }, items)
  const sizes = found.flatMap((raw) => (raw === null ? [] : [raw.length]))
  return sizes.length === 0 ? null : sizes.reduce((sum, size) => sum + size, 0) / sizes.length
}
