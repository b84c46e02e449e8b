// createHistoryFollower: makes revisions of what is stored, a bounded batch of one lane at a time, by the lane's numbers.

import { EnvelopeError } from '@plaintrail/event-log/envelope'
import type { PoolClient } from 'pg'
import { createDimensions } from './dimensions.ts'
import { readHistoryArrivals } from './history-arrivals.ts'
import type { ClusterOfLane } from './history-objects.ts'
import { sqlState, type Store } from './open-store.ts'
import { createChangedFieldWriter } from './revision-fields.ts'
import { createParsedItems, type ParsedItems } from './parsed-items.ts'
import { createRevisionSources } from './revision-sources.ts'
import { segmentItemsIn } from './segment-items.ts'
import { takeArrivals } from './take-arrivals.ts'
import { transaction } from './transaction.ts'

export interface FollowBounds {
  /** Numbers of the lane. */
  readonly numbersMax: number
  /** Of events before they are parsed; one event is read whatever its size. */
  readonly bytesMax: number
}

export const followBounds: FollowBounds = { numbersMax: 1_000, bytesMax: 8 * 1024 * 1024 }

/** `busy`: another follower has the lane. `idle`: all of it is followed. `followed`: up to `last`, so many numbers. */
export type Followed =
  | { readonly kind: 'busy' }
  | { readonly kind: 'idle' }
  | { readonly kind: 'followed'; readonly last: number; readonly events: number; readonly observations: number }

export interface HistoryFollower {
  /**
   * One batch in one transaction, which moves the position with what it writes: a crash leaves both as they were. Any
   * number of followers may run, of one lane or of several. Rejects with Postgres' error, and then nothing happened.
   * Takes two connections of the pool. Not to be called again on one follower before it has returned.
   */
  follow(laneId: number, bounds?: FollowBounds): Promise<Followed>
  /**
   * Moves past the next event without telling what it tells, and says which it was; null where another has the lane, or all
   * of it is followed. For an event that fails again and again by itself (`isOfEvent`).
   */
  leaveOut(laneId: number): Promise<number | null>
}

/**
 * Whether an error says something of the events that were followed, and not of Postgres or the way to it: a fault in what
 * makes states of bytes, bytes that are damaged, a value that no column takes (SQLSTATE classes 22, 23 and 54).
 */
export function isOfEvent(error: unknown): boolean {
  const state = sqlState(error)
  if (state !== null) return /^(?:22|23|54)/.test(state)
  return error instanceof TypeError || error instanceof RangeError || error instanceof EnvelopeError
}

export function createHistoryFollower(store: Store, parsed: ParsedItems = createParsedItems()): HistoryFollower {
  const dimensions = createDimensions(store)
  const sources = createRevisionSources(segmentItemsIn(store, parsed.unpacked), parsed)

  const followIn = async (client: PoolClient, laneId: number, bounds: FollowBounds): Promise<Followed> => {
    const next = await lockPosition(client, laneId)
    if (next === null) return { kind: 'busy' }
    const { cluster, head } = await laneOf(client, laneId)
    const stretch = { laneId, after: next - 1, last: Math.min(head, next - 1 + bounds.numbersMax) }
    if (stretch.last <= stretch.after) return { kind: 'idle' }
    const { arrivals, last } = await readHistoryArrivals(store, stretch, bounds.bytesMax, sources)
    const fields = createChangedFieldWriter(store, client, dimensions)
    await takeArrivals({ client, sources, fields }, cluster, arrivals)
    await client.query('update history_position set next_seq = $2 where lane_id = $1', [laneId, last + 1])
    return { kind: 'followed', last, events: last - stretch.after, observations: arrivals.length }
  }

  return {
    async follow(laneId, bounds = followBounds) {
      dimensions.trim()
      await store.pool.query('insert into history_position (lane_id) values ($1) on conflict do nothing', [laneId])
      return await transaction(store, (client) => followIn(client, laneId, bounds))
    },
    async leaveOut(laneId) {
      return await transaction(store, async (client) => {
        const next = await lockPosition(client, laneId)
        if (next === null || next > (await laneOf(client, laneId)).head) return null
        await client.query('update history_position set next_seq = $2 where lane_id = $1', [laneId, next + 1])
        return next
      })
    },
  }
}

async function lockPosition(client: PoolClient, laneId: number): Promise<number | null> {
  const { rows } = await client.query<{ next: number }>(
    'select next_seq as next from history_position where lane_id = $1 for update skip locked',
    [laneId],
  )
  return rows[0]?.next ?? null
}

/** A lane's row is locked from the numbering of its events until their commit: what is read here is whole. */
async function laneOf(
  client: PoolClient,
  laneId: number,
): Promise<{ readonly cluster: ClusterOfLane; readonly head: number }> {
  const { rows } = await client.query<ClusterOfLane & { readonly head: number }>(
    `select c.id, c.uid::text as uid, l.next_seq - 1 as head
     from lane l join cluster c on c.id = l.cluster_id where l.id = $1`,
    [laneId],
  )
  const [row] = rows
  if (row === undefined) throw new Error(`could not follow lane ${laneId}: there is none`)
  return { cluster: row, head: row.head }
}
