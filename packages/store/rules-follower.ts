// createRulesFollower: judges what is stored by the rules in force, a bounded batch of one lane at a time, by the lane's numbers.

import { sql } from 'drizzle-orm'
import type { Pool, PoolClient } from 'pg'
import { oddBeforeUs } from './event-stretches.ts'
import { applyExceptions } from './apply-exceptions.ts'
import { takeFoundHits, type FoundHit } from './findings-of-hits.ts'
import { createEventJudge, type JudgedCluster, type JudgedCounts } from './judge-events.ts'
import { judgedRules, type JudgedRules } from './judged-rules.ts'
import type { HandedEvents } from './handed-events.ts'
import type { Store } from './open-store.ts'
import { createParsedItems, type ParsedItems } from './parsed-items.ts'
import { daysOfHits, makeRuleHitDays } from './partitions.ts'
import { readRows } from './read-rows.ts'
import { decideAbsences } from './rule-absence.ts'
import { reopenByTime } from './reopen-findings.ts'
import { createRuleBook, type OpenBook } from './rule-book.ts'
import { judgeGaps } from './rule-gaps.ts'
import { markFailing } from './rules.ts'
import { dayOf } from './segment-id.ts'
import { transaction } from './transaction.ts'

export interface JudgeBounds {
  /** Numbers of the lane. */
  readonly numbersMax: number
  /** Of events before they are parsed; one event is read whatever its size. */
  readonly bytesMax: number
}

export const judgeBounds: JudgeBounds = { numbersMax: 2_000, bytesMax: 8 * 1024 * 1024 }

/** `busy`: another follower has the lane. `idle`: all that history has followed is judged. `judged`: so many numbers. */
export type JudgedBatch =
  | { readonly kind: 'busy' }
  | { readonly kind: 'idle' }
  | {
      readonly kind: 'judged'
      readonly last: number
      readonly events: number
      readonly counts: JudgedCounts
      /** Versions that judge no more from now on. */
      readonly failing: readonly { readonly name: string; readonly says: string }[]
    }

export interface RulesFollowerOptions {
  /** Whether this installation keeps history and attribution: rules are asked once these have followed. */
  readonly isHistoryOn: boolean
  readonly parsed?: ParsedItems
  /** Events of this process that are stored, in place of their rows. */
  readonly handed?: HandedEvents
}

export interface RulesFollower {
  /**
   * One batch in one transaction, which moves the position with what it writes: a crash leaves both as they were. Any
   * number of followers may run, of one lane or of several. Rejects with Postgres' error, and then nothing happened.
   * Takes two connections of the pool. Not to be called again on one follower before it has returned.
   */
  judge(laneId: number, bounds?: JudgeBounds): Promise<JudgedBatch>
  /**
   * Moves past the next event without judging it, and says which it was; null where another has the lane, or all of it is
   * judged. For an event that fails again and again by itself (`isOfEvent` of history-follower.ts).
   */
  leaveOut(laneId: number): Promise<number | null>
  /**
   * What no event brings: says of what had to be followed by something whether it was, judges gaps, applies exceptions
   * that are new or over, and opens findings that were ignored until now. To be called every
   * few seconds, by any number of callers; `nowUs` is in microseconds since 1970.
   */
  tick(nowUs?: number): Promise<{ readonly decided: number; readonly gaps: number }>
  /** Rules in force that judge nothing, for their text cannot be read; of the last batch. */
  unread(): OpenBook<JudgedRules>['unread']
}

/** What something had to follow is mostly of the last days; all days are looked at by one tick in so many. */
const recentUs = 8 * 86_400_000_000
const everyDayTicks = 60
/** Without rules nothing is read. */
const unaskedNumbersMax = 100_000

export function createRulesFollower(store: Store, options: RulesFollowerOptions): RulesFollower {
  const { isHistoryOn, parsed = createParsedItems(), handed } = options
  const book = createRuleBook(judgedRules)
  const judge = createEventJudge({ store, parsed, handed: handed ?? null, isHistoryOn })
  let opened: OpenBook<JudgedRules> | null = null
  let ticks = 0
  /** Lanes that have a position. */
  const begun = new Set<number>()

  const judgeIn = async (client: PoolClient, laneId: number, bounds: JudgeBounds): Promise<JudgedBatch> => {
    const lane = await lockLane(client, laneId)
    if (lane === null) return { kind: 'busy' }
    const { next } = lane
    opened = await book.open(client)
    const rules = opened.ready
    const isAsked = rules.set.rules.length > 0
    const numbersMax = isAsked ? bounds.numbersMax : unaskedNumbersMax
    const stretch = {
      laneId,
      after: next - 1,
      last: Math.min(readyOf(lane, rules, isHistoryOn), next - 1 + numbersMax),
    }
    if (stretch.last <= stretch.after) return { kind: 'idle' }
    if (!isAsked) {
      await movePosition(client, laneId, { last: stretch.last, timeUs: 0 })
      return { kind: 'judged', last: stretch.last, events: stretch.last - stretch.after, counts: noCounts, failing: [] }
    }
    const found = await judge.judge(rules, lane, stretch, bounds.bytesMax)
    const tools = { store, client, clusterId: lane.id, book }
    await takeFoundHits(tools, await ofKeptDays(store, found.hits))
    const failing: { name: string; says: string }[] = []
    for (const one of await found.coverage.write(client, lane.id)) {
      const name = await markFailing(client, one, one.says)
      if (name !== null) failing.push({ name, says: one.says })
    }
    await movePosition(client, laneId, found)
    return { kind: 'judged', last: found.last, events: found.last - stretch.after, counts: found.counts, failing }
  }

  return {
    async judge(laneId, bounds = judgeBounds) {
      if (begun.has(laneId) && (await isIdle(store, laneId, opened, isHistoryOn))) return { kind: 'idle' }
      if (!begun.has(laneId)) {
        await store.pool.query('insert into rule_position (lane_id) values ($1) on conflict do nothing', [laneId])
      }
      const batch = await transaction(store, (client) => judgeIn(client, laneId, bounds))
      if (batch.kind === 'judged') handed?.release(laneId, batch.last)
      // Whoever wants all judged anew takes positions away: where one is found there is one.
      if (batch.kind === 'busy') begun.delete(laneId)
      else begun.add(laneId)
      return batch
    },
    async leaveOut(laneId) {
      return await transaction(store, async (client) => {
        const lane = await lockLane(client, laneId)
        if (lane === null || lane.next > lane.head) return null
        await movePosition(client, laneId, { last: lane.next, timeUs: 0 })
        return lane.next
      })
    },
    async tick(nowUs = Date.now() * 1_000) {
      const sinceUs = ticks % everyDayTicks === 0 ? 0 : nowUs - recentUs
      ticks += 1
      const decided = await decideAbsences(store, book, nowUs, sinceUs)
      const gaps = await judgeGaps(store, book, nowUs)
      await reopenByTime(store, nowUs)
      await applyExceptions(store, book, nowUs)
      return { decided, gaps }
    },
    unread: () => opened?.unread ?? [],
  }
}

/** Mostly because history has not followed yet: by one statement, where a batch that finds it has six. */
async function isIdle(
  store: Store,
  laneId: number,
  opened: OpenBook<JudgedRules> | null,
  isHistoryOn: boolean,
): Promise<boolean> {
  if (opened === null) return false
  const lane = await laneOf(store.pool, laneId)
  return lane.next !== null && lane.changes === opened.changes && readyOf(lane, opened.ready, isHistoryOn) < lane.next
}

const noCounts: JudgedCounts = { evaluated: 0, matched: 0, insufficient: 0, errors: 0 }

export interface RuleLane {
  readonly laneId: number
  /** Stored events that are not judged yet; at least 1. */
  readonly behind: number
}

/** By id. */
export async function ruleLanes(store: Store): Promise<readonly RuleLane[]> {
  return await readRows<RuleLane & Record<string, unknown>>(
    store,
    sql`select l.id as "laneId", (l.next_seq - coalesce(p.next_seq, 1))::int8 as behind
        from lane l left join rule_position p on p.lane_id = l.id
        where l.next_seq > coalesce(p.next_seq, 1) order by l.id`,
  )
}

async function movePosition(
  client: PoolClient,
  laneId: number,
  { last, timeUs }: { readonly last: number; readonly timeUs: number },
): Promise<void> {
  await client.query('update rule_position set next_seq = $2, time_us = greatest(time_us, $3) where lane_id = $1', [
    laneId,
    last + 1,
    timeUs,
  ])
}

interface Lane extends JudgedCluster {
  readonly head: number
  /** Up to here each has followed. */
  readonly followed: number
  readonly attributed: number
}

/** A lane's row is locked from the numbering of its events until their commit: what is read here is whole. */
const laneColumns = `c.id, c.uid::text as uid, c.name, l.next_seq - 1 as head, p.next_seq as next,
  coalesce(h.next_seq, 1) - 1 as followed, coalesce(a.next_seq, 1) - 1 as attributed`
const followersOfLane = `left join history_position h on h.lane_id = l.id
  left join attribution_position a on a.lane_id = l.id`

/** Null where another has it. */
async function lockLane(client: PoolClient, laneId: number): Promise<(Lane & { readonly next: number }) | null> {
  const { rows } = await client.query<Lane & { readonly next: number }>({
    name: 'lock-judged-lane',
    text: `select ${laneColumns}
           from rule_position p join lane l on l.id = p.lane_id join cluster c on c.id = l.cluster_id ${followersOfLane}
           where p.lane_id = $1 for update of p skip locked`,
    values: [laneId],
  })
  return rows[0] ?? null
}

async function laneOf(
  queries: Pick<Pool | PoolClient, 'query'>,
  laneId: number,
): Promise<Lane & { readonly next: number | null; readonly changes: number }> {
  const { rows } = await queries.query<Lane & { readonly next: number | null; readonly changes: number }>({
    name: 'look-at-judged-lane',
    text: `select ${laneColumns}, (select number from rule_change) as changes
           from lane l join cluster c on c.id = l.cluster_id left join rule_position p on p.lane_id = l.id ${followersOfLane}
           where l.id = $1`,
    values: [laneId],
  })
  const [row] = rows
  if (row === undefined) throw new Error(`could not judge lane ${laneId}: there is none`)
  return row
}

/** Up to here all that rules ask for is known. */
function readyOf({ head, followed, attributed }: Lane, { readsInitiator }: JudgedRules, isHistoryOn: boolean): number {
  if (!isHistoryOn) return head
  return Math.min(head, followed, readsInitiator ? attributed : head)
}

/** Nothing of a day whose events are gone: it would never go. */
async function ofKeptDays(store: Store, hits: readonly FoundHit[]): Promise<readonly FoundHit[]> {
  const needed = new Set(hits.filter(({ timeUs }) => timeUs >= oddBeforeUs).map(({ timeUs }) => dayOf(timeUs)))
  if (needed.size === 0) return hits
  const { kept, made } = await daysOfHits(store, [...needed])
  await makeRuleHitDays(
    store,
    [...needed].filter((day) => kept.has(day) && !made.has(day)),
  )
  return hits.filter(({ timeUs }) => timeUs < oddBeforeUs || kept.has(dayOf(timeUs)))
}
