// createAttributor: finds who is behind stored events, a bounded batch of one lane at a time, by the lane's numbers.

import type { AttributionOptions } from '@plaintrail/history/attribute'
import { factKeys, type Fact } from '@plaintrail/history/fact'
import { factsOfEvent } from '@plaintrail/history/facts-of-event'
import type { AttributedEvent } from '@plaintrail/history/initiator-facts'
import { skewUsMax } from '@plaintrail/history/known-facts'
import { sql } from 'drizzle-orm'
import type { PoolClient } from 'pg'
import { attributableAgain, attributableEvents, attributedOfAccount, seenOf } from './attributable-events.ts'
import type { AttributableEvent, EventReader } from './attributable-events.ts'
import { AttributionRound } from './attribution-round.ts'
import { oddBeforeUs } from './event-stretches.ts'
import { factDigest, placeOfEvent } from './initiator-digests.ts'
import { readFacts, writeFacts } from './initiator-facts.ts'
import { findDependents, writeAttributions, type Cause } from './initiator-rows.ts'
import type { Store } from './open-store.ts'
import { createParsedItems, type ParsedItems } from './parsed-items.ts'
import { eventDays, initiatorDays, makeInitiatorDays } from './partitions.ts'
import { readRows } from './read-rows.ts'
import { dayOf, segmentIdsOfDay } from './segment-id.ts'
import { segmentItemsIn } from './segment-items.ts'
import { transaction } from './transaction.ts'

export interface AttributeBounds {
  /** Numbers of the lane. */
  readonly numbersMax: number
  /** Of events before they are parsed; one event is read whatever its size. */
  readonly bytesMax: number
  /** What was received later than this ago waits: other lanes may still bring its causes. In microseconds. */
  readonly settleUs: number
}

export const attributeBounds: AttributeBounds = {
  numbersMax: 1_000,
  bytesMax: 8 * 1024 * 1024,
  settleUs: 5_000_000,
}

/** `busy`: another attributes the cluster. `idle`: all that has settled is attributed. `attributed`: so many events. */
type Attributed =
  | { readonly kind: 'busy' }
  | { readonly kind: 'idle' }
  | { readonly kind: 'attributed'; readonly events: number; readonly written: number }

export interface Attributor {
  /**
   * One batch in one transaction, which moves the lane's position with what it writes: a crash leaves both as they were.
   * What an earlier batch said of events is said anew where this one brings what they depend on. Any number of
   * attributors may run; of one cluster one works at a time. Rejects with Postgres' error, and then nothing happened.
   * Takes two connections of the pool.
   */
  attribute(laneId: number, bounds?: AttributeBounds, nowUs?: number): Promise<Attributed>
  /**
   * Goes on behind the next number of the lane without looking at its event; null where another has the cluster or all
   * of the lane is attributed. For an event that fails again and again by itself (`isOfEvent` of history-follower.ts).
   */
  leaveOut(laneId: number): Promise<number | null>
}

/** First half of the advisory locks, the second being the cluster's id. */
const advisoryLock = 7_717_017
/** Who depends on whom on whom: a chain has 16 links. */
const roundsMax = 17

export function createAttributor(
  store: Store,
  options: AttributionOptions = {},
  parsed: ParsedItems = createParsedItems(),
): Attributor {
  const reader: EventReader = { store, items: segmentItemsIn(store, parsed.unpacked), parsed }

  const attributeIn = async (
    client: PoolClient,
    laneId: number,
    bounds: AttributeBounds,
    nowUs: number,
  ): Promise<Attributed> => {
    const clusterId = await clusterOfLane(client, laneId)
    if (!(await lockCluster(client, clusterId))) return { kind: 'busy' }
    const stretch = await stretchOf(client, laneId, bounds, nowUs - bounds.settleUs)
    if (stretch === null) return { kind: 'idle' }
    const { events, last } = await attributableEvents(reader, stretch, bounds.bytesMax)
    const writes = seenIn(events.filter(({ seen }) => seen !== null))
    const facts = writes.flatMap((seen): readonly Fact[] => factsOfEvent(seen))
    const fresh = await writeFacts(client, clusterId, facts)
    const others = await withIssuedToken(
      client,
      clusterId,
      events.filter(({ seen }) => seen === null),
    )
    const late = await usesOfIssues({ reader, clusterId }, facts)
    const round = new AttributionRound(client, clusterId, options)
    await round.take([...writes, ...others, ...late])
    await takeDependents({ reader, client, clusterId }, round, fresh)
    const written = await write(store, client, round)
    await client.query('update attribution_position set next_seq = $2 where lane_id = $1', [laneId, last + 1])
    return { kind: 'attributed', events: last - stretch.after, written }
  }

  return {
    async attribute(laneId, bounds = attributeBounds, nowUs = Date.now() * 1_000) {
      await store.pool.query('insert into attribution_position (lane_id) values ($1) on conflict do nothing', [laneId])
      return await transaction(store, (client) => attributeIn(client, laneId, bounds, nowUs))
    },
    async leaveOut(laneId) {
      return await transaction(store, async (client) => {
        if (!(await lockCluster(client, await clusterOfLane(client, laneId)))) return null
        const one = { ...attributeBounds, numbersMax: 1 }
        const stretch = await stretchOf(client, laneId, one, Number.MAX_SAFE_INTEGER)
        if (stretch === null) return null
        await client.query('update attribution_position set next_seq = $2 where lane_id = $1', [
          laneId,
          stretch.last + 1,
        ])
        return stretch.last
      })
    },
  }
}

export interface AttributionLane {
  readonly laneId: number
  /** Stored events that are not attributed yet; at least 1. */
  readonly behind: number
}

/** By id. */
export async function attributionLanes(store: Store): Promise<readonly AttributionLane[]> {
  return await readRows<AttributionLane & Record<string, unknown>>(
    store,
    sql`select l.id as "laneId", (l.next_seq - coalesce(p.next_seq, 1))::int8 as behind
        from lane l left join attribution_position p on p.lane_id = l.id
        where l.next_seq > coalesce(p.next_seq, 1) order by l.id`,
  )
}

async function clusterOfLane(client: PoolClient, laneId: number): Promise<number> {
  const { rows } = await client.query<{ id: number }>('select cluster_id as id from lane where id = $1', [laneId])
  const [row] = rows
  if (row === undefined) throw new Error(`could not attribute lane ${laneId}: there is none`)
  return row.id
}

/**
 * Until the transaction ends: two lanes of one cluster bring causes and effects of each other, and neither would see
 * what the other has not committed.
 */
async function lockCluster(client: PoolClient, clusterId: number): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_xact_lock($1, $2) as locked', [
    advisoryLock,
    clusterId,
  ])
  return rows[0]?.locked ?? false
}

/** Null where nothing has settled. A lane's row is locked from the numbering of its events until their commit. */
async function stretchOf(
  client: PoolClient,
  laneId: number,
  { numbersMax }: AttributeBounds,
  settledUs: number,
): Promise<{ readonly laneId: number; readonly after: number; readonly last: number } | null> {
  const { rows } = await client.query<{ next: number; head: number; unsettled: number | null }>(
    `select p.next_seq as next, l.next_seq - 1 as head,
       (select s.first_seq from seal s
        where s.segment_id >= $3 and s.lane_id = $1 and s.first_seq >= p.next_seq and s.received_us > $2 and s.stored > 0
        order by s.first_seq limit 1) as unsettled
     from attribution_position p join lane l on l.id = p.lane_id where p.lane_id = $1`,
    // Of the days since alone: an id says when its segment was received.
    [laneId, settledUs, segmentIdsOfDay(dayOf(settledUs) - 1)[0]],
  )
  const [row] = rows
  if (row === undefined) return null
  const last = Math.min(row.head, (row.unsettled ?? Infinity) - 1, row.next - 1 + numbersMax)
  return last < row.next ? null : { laneId, after: row.next - 1, last }
}

function seenIn(events: readonly AttributableEvent[]): readonly AttributedEvent[] {
  return events.flatMap((event) => seenOf(event) ?? [])
}

const credentialId = /"(JTI=[^"\\]{1,200})"/g

/**
 * Requests of accounts that name a credential that somebody had made: of all others nothing is said that their row does
 * not say. Sought in the bytes, for most are reads and need not be parsed.
 */
async function withIssuedToken(
  client: PoolClient,
  clusterId: number,
  events: readonly AttributableEvent[],
): Promise<readonly AttributedEvent[]> {
  const named = events.map((event) => ({ event, keys: issueKeysIn(event) }))
  const keys = new Set(named.flatMap((one) => one.keys))
  const known = await readFacts(client, clusterId, [...keys], Number.MAX_SAFE_INTEGER)
  const isIssued = (key: string): boolean => (known.get(key)?.facts.length ?? 0) > 0
  return seenIn(named.filter((one) => one.keys.some(isIssued)).map(({ event }) => event))
}

/** Ids stand in a body too, and then are found in vain. */
const issuesMax = 4

function issueKeysIn({ bytes }: AttributableEvent): readonly string[] {
  const at = bytes?.indexOf('"JTI=') ?? -1
  if (bytes === null || at === -1) return []
  const found = bytes.toString('latin1').matchAll(credentialId)
  return found
    .take(issuesMax)
    .map(([, id = '']) => factKeys.issue(id))
    .toArray()
}

interface Tools {
  readonly reader: EventReader
  readonly clusterId: number
}

/** What was done with a token before its making came. */
async function usesOfIssues({ reader, clusterId }: Tools, facts: readonly Fact[]): Promise<readonly AttributedEvent[]> {
  const uses: AttributedEvent[] = []
  for (const { key, tale, time } of facts) {
    if (tale.kind !== 'issue') continue
    const events = await attributedOfAccount(reader, { clusterId, name: tale.subject, sinceUs: time })
    uses.push(...seenIn(events.filter((event) => issueKeysIn(event).includes(key))))
  }
  return uses
}

/** What was attributed before and depends on what came now, and what depends on that. */
async function takeDependents(
  { reader, client, clusterId }: Tools & { readonly client: PoolClient },
  round: AttributionRound,
  facts: readonly Fact[],
): Promise<void> {
  const changed = new Map(round.changed())
  const days = await initiatorDays(reader.store)
  let causes: readonly Cause[] = [
    ...facts.map(({ key, time }) => ({ digest: factDigest(clusterId, key), sinceUs: time - skewUsMax })),
    ...changedCauses(changed.keys()),
  ]
  for (let rounds = 0; rounds < roundsMax; rounds++) {
    const ids = (await findDependents(client, days, causes)).filter((id) => !round.has(id))
    if (ids.length === 0) return
    await round.take(await attributableAgain(reader, ids))
    const more = [...round.changed()].filter(([id, kept]) => changed.get(id) !== kept)
    for (const [id, kept] of more) changed.set(id, kept)
    causes = changedCauses(more.map(([id]) => id))
  }
}

function changedCauses(ids: Iterable<string>): readonly Cause[] {
  return [...ids].map((id) => {
    const { time, key } = placeOfEvent(id)
    return { digest: key, sinceUs: time - skewUsMax }
  })
}

/** Nothing of a day whose events are gone: it would never go. */
async function write(store: Store, client: PoolClient, round: AttributionRound): Promise<number> {
  const changes = round.changed()
  if (changes.size === 0) return 0
  const days = new Set(
    [...changes.keys()]
      .map((id) => placeOfEvent(id).time)
      .filter((time) => time >= oddBeforeUs)
      .map(dayOf),
  )
  const [kept, made] = await Promise.all([eventDays(store), initiatorDays(store)])
  const usable = new Set(kept)
  await makeInitiatorDays(
    store,
    [...days].filter((day) => usable.has(day) && !made.includes(day)),
  )
  const isUsable = (id: string): boolean => {
    const { time } = placeOfEvent(id)
    return time < oddBeforeUs || usable.has(dayOf(time))
  }
  const rows = new Map([...changes].filter(([id]) => isUsable(id)))
  await writeAttributions(client, rows)
  return rows.size
}
