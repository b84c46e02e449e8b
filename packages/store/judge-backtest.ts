// createBacktestJudge: one page of a back-test: the next events that a rule may match, judged by the same judge as what is stored
// anew, and by the rule in force beside it.

import { filledText } from '@plaintrail/rules/filled-text'
import { formatEventId } from '@plaintrail/event/identity'
import type { Query } from '@plaintrail/query/ast'
import type { Rule } from '@plaintrail/rules/rule'
import { joinedTallies, type BacktestHit, type BacktestToMake } from './backtest-part.ts'
import { backtestEvents, backtestQuery } from './backtest-query.ts'
import { noTally, type BacktestTally } from './backtests.ts'
import type { EventPosition } from './find-records.ts'
import { createEventJudge, type EventJudge, type JudgedCluster } from './judge-events.ts'
import { judgedRules, type JudgedRules } from './judged-rules.ts'
import type { Store } from './open-store.ts'
import { createParsedItems } from './parsed-items.ts'
import type { CoveredDay } from './rule-coverage.ts'
import { storable } from './revision-row.ts'
import { toldEvents, type RuleEvent } from './rule-events.ts'
import { createEventTexts } from './rule-event-texts.ts'
import { visibleClusters } from './visible-clusters.ts'

export interface BacktestRules {
  readonly rule: Rule
  readonly running: Rule | null
}

export interface BacktestPageBounds {
  /** Events. */
  readonly limit: number
  /** Of events before they are parsed, in one batch of the page. */
  readonly bytesMax: number
}

export interface JudgedPage {
  readonly events: number
  readonly hits: readonly BacktestHit[]
  readonly tally: BacktestTally
  readonly next: EventPosition | null
}

export interface BacktestJudge {
  /** The page after a position. What another makes known meanwhile is used by the pages that follow. */
  page(after: EventPosition | null, bounds: BacktestPageBounds): Promise<JudgedPage>
}

/** Versions that stand for the two rules: ids of rules are used by nothing else here. */
const [asked, running] = [1, 0]

export async function createBacktestJudge(
  store: Store,
  backtest: BacktestToMake,
  said: BacktestRules,
): Promise<BacktestJudge> {
  const { rules, query, marginUs } = understood(backtest, said)
  const clusters = new Map((await visibleClusters(store, backtest.scope)).map((one) => [one.id, one]))
  const isHistoryOn = await hasHistory(store)
  const texts = createEventTexts(store)
  const parts = { store, parsed: createParsedItems(0) }
  const judges = {
    known: createEventJudge({ ...parts, isHistoryOn }),
    unknown: createEventJudge({ ...parts, isHistoryOn: false }),
  }
  const { sinceUs, untilUs } = backtest.window
  // What is around the window says which hits in it count.
  const window = { sinceUs: Math.max(0, sinceUs - marginUs), untilUs: untilUs + marginUs }
  return {
    async page(after, { limit, bytesMax }) {
      const { scope, snapshot } = backtest
      if (query === false || snapshot === null) return { events: 0, hits: [], tally: noTally, next: null }
      const { rows, next } = await backtestEvents(store, { scope, query, window, snapshot, after, limit })
      const followed = isHistoryOn && rows.length > 0 ? await followedLanes(store, rules.readsInitiator) : new Map()
      const groups = Map.groupBy(rows, ({ clusterId, laneId, seq, time }) => {
        const isKnown = seq <= (followed.get(laneId) ?? 0)
        return JSON.stringify([clusterId, isKnown, time >= sinceUs && time < untilUs])
      })
      const hits: BacktestHit[] = []
      let tally = noTally
      for (const own of groups.values()) {
        const [first] = own
        const cluster = first && clusters.get(first.clusterId)
        if (cluster === undefined || first === undefined) continue
        const isKnown = first.seq <= (followed.get(first.laneId) ?? 0)
        const judge = isKnown ? judges.known : judges.unknown
        const found = await judgedAll(judge, rules, cluster, await toldEvents(own, texts), bytesMax)
        hits.push(...found.hits.map((hit) => withSummary(hit, said)))
        if (first.time >= sinceUs && first.time < untilUs) tally = joinedTallies(tally, found.tally)
      }
      return { events: rows.length, hits, tally, next }
    },
  }
}

function understood(
  { cluster }: BacktestToMake,
  said: BacktestRules,
): { readonly rules: JudgedRules; readonly query: Query | false; readonly marginUs: number } {
  const both = [
    { ruleId: asked, version: asked, rule: active(said.rule) },
    ...(said.running === null ? [] : [{ ruleId: running, version: running, rule: active(said.running) }]),
  ]
  const rules = judgedRules(both)
  return {
    rules,
    query: backtestQuery(rules.set.rules, cluster),
    marginUs: Math.max(...both.map(({ rule }) => withinUsOf(rule))),
  }
}

/** Whether it is in force is not asked. */
const active = (rule: Rule): Rule => ({ ...rule, state: 'active' })

/** How far from a hit another may be that says whether it counts. */
export function withinUsOf({ condition }: Rule): number {
  return condition.kind === 'each' ? 0 : condition.withinUs
}

type FieldHit = Omit<BacktestHit, 'summary'> & { readonly fields: BacktestHit['group'] }

async function judgedAll(
  judge: EventJudge,
  rules: JudgedRules,
  cluster: JudgedCluster,
  events: readonly RuleEvent[],
  bytesMax: number,
): Promise<{ readonly hits: readonly FieldHit[]; readonly tally: BacktestTally }> {
  const hits: FieldHit[] = []
  let tally = noTally
  for (let from = 0; from < events.length;) {
    const judged = await judge.judgeEvents(rules, cluster, events.slice(from), bytesMax)
    from += judged.taken
    for (const { finding, gapId: _gap, ...hit } of judged.hits)
      hits.push({ ...hit, clusterId: cluster.id, findingId: finding.id, group: finding.group })
    for (const day of judged.coverage.days())
      if (day.version === asked) tally = joinedTallies(tally, tallyOf(day, cluster.name))
  }
  return { hits, tally }
}

function tallyOf({ evaluated, matched, insufficient, errors, missing }: CoveredDay, cluster: string): BacktestTally {
  const told = [...missing.values()].map(({ isError, what, because, count, timeUs, key }) => {
    const event = formatEventId(timeUs, Buffer.from(key.replaceAll('-', ''), 'hex'))
    return { cluster, isError, what, because, count, event }
  })
  return { evaluated, matched, insufficient, errors, missing: told }
}

function withSummary({ fields, ...hit }: FieldHit, said: BacktestRules): BacktestHit {
  const rule = hit.version === running ? said.running : said.rule
  return { ...hit, summary: storable(filledText(rule?.summary ?? '', fields)) }
}

async function hasHistory(store: Store): Promise<boolean> {
  const { rows } = await store.pool.query<{ found: boolean }>('select exists (select from history_position) as found')
  return rows[0]?.found ?? false
}

/** By lane, up to which number all is known that rules ask for. */
async function followedLanes(store: Store, readsInitiator: boolean): Promise<ReadonlyMap<number, number>> {
  const { rows } = await store.pool.query<{ laneId: number; followed: number; attributed: number }>(
    `select h.lane_id as "laneId", h.next_seq - 1 as followed, coalesce(a.next_seq, 1) - 1 as attributed
     from history_position h left join attribution_position a on a.lane_id = h.lane_id`,
  )
  return new Map(
    rows.map(({ laneId, followed, attributed }) => [
      laneId,
      readsInitiator ? Math.min(followed, attributed) : followed,
    ]),
  )
}
