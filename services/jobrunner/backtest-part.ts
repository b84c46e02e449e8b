// backtestPart: the job that makes the next part of a back-test, and asks for the one after it in the same transaction.

import { setTimeout as sleep } from 'node:timers/promises'
import { parseRules } from '@plaintrail/rules/parse-rules'
import type { Rule } from '@plaintrail/rules/rule'
import type { Logger } from '@plaintrail/runtime/logger'
import {
  beginBacktestPart,
  failBacktest,
  isBacktestPart,
  joinedTallies,
  storeBacktestPart,
  storeBacktestResult,
  type BacktestHit,
  type BacktestPartEnd,
  type BacktestToMake,
} from '@plaintrail/store/backtest-part'
import { noTally } from '@plaintrail/store/backtests'
import { createBacktestJudge, withinUsOf } from '@plaintrail/store/judge-backtest'
import type { Store } from '@plaintrail/store/open-store'
import { completeJob } from '@plaintrail/store/outbox'
import type { OutboxJob } from './relay-outbox.ts'
import { restBesideIngest } from './rest-beside-ingest.ts'

export interface BacktestParts {
  readonly store: Store
  readonly logger: Logger
  /** Microseconds since 1970. */
  readonly nowUs: () => number
  /** The job of the next part is in the outbox. */
  readonly onNext: () => void
  readonly bounds?: BacktestBounds
}

export interface BacktestBounds {
  /** Where a part ends; the page that goes beyond it is still in it. */
  readonly msMax: number
  /** Events of a page. */
  readonly pageRowsMax: number
  /** Of their bytes that are parsed at once. */
  readonly bytesMax: number
  /** Of a part, before it is written. */
  readonly partHitsMax: number
  /** Of a whole back-test: past them it stops, and says where. */
  readonly hitsMax: number
  /** It rests after each page, for so long as this share of the time that the page took, where storing is busy. */
  readonly restShare: number
  /** So many stored in a second are busy; of fewer, it rests for less. */
  readonly busyEventsPerSecond: number
}

export const backtestBounds: BacktestBounds = {
  msMax: 10_000,
  pageRowsMax: 2_000,
  bytesMax: 8 * 1024 * 1024,
  partHitsMax: 20_000,
  hitsMax: 250_000,
  restShare: 4,
  // A core stores some ten thousand.
  busyEventsPerSecond: 5_000,
}

export async function backtestPart(parts: BacktestParts, { id: job }: OutboxJob, signal: AbortSignal): Promise<void> {
  const { store, logger, bounds = backtestBounds } = parts
  const asked = await beginBacktestPart(store, job)
  // It was cancelled, or this job is done and the queue repeats it.
  if (!asked) return void (await completeJob(store, job, () => Promise.resolve()))
  const understood = understand(asked)
  if (typeof understood === 'string') {
    await failBacktest(store, job, understood)
    return logger.error({ backtest: asked.id, reason: understood }, 'a back-test failed')
  }
  if (!asked.isRead) {
    const end = await readPart(store, asked, understood, { job, signal, bounds })
    // What was read of one that nobody wants is stored by nobody: this only ends the job.
    if ((await storeBacktestPart(store, job, end)) === 'stored') parts.onNext()
    return
  }
  const { rule, running } = understood
  const result = await storeBacktestResult(store, job, {
    rule,
    running: running === null || asked.running === null ? null : { version: asked.running.version, rule: running },
    ...asked.window,
    reachedUs: asked.reachedUs,
    decidedUs: parts.nowUs(),
  })
  if (result !== null)
    logger.info({ backtest: asked.id, rule: asked.rule, findings: result.findings }, 'a back-test is done')
}

interface Understood {
  readonly rule: Rule
  readonly running: Rule | null
}

/** Why not, where another version wrote what this one cannot read: no attempt would end otherwise. */
function understand({ text, rule: name, running, snapshot }: BacktestToMake): Understood | string {
  if (snapshot === null) return 'could not read the snapshot: it is of another version; ask again'
  const rule = ruleIn(text, name)
  if (rule === null) return 'could not read the rule: it is of another version; ask again'
  // One in force that cannot be read judges nothing, so there is nothing to compare with.
  return { rule, running: running === null ? null : ruleIn(running.text, name) }
}

function ruleIn(text: string, name: string): Rule | null {
  return parseRules(text).rules.find(({ rule }) => rule.name === name)?.rule ?? null
}

async function readPart(
  store: Store,
  asked: BacktestToMake,
  rules: Understood,
  { job, signal, bounds }: { readonly job: string; readonly signal: AbortSignal; readonly bounds: BacktestBounds },
): Promise<BacktestPartEnd> {
  const judge = await createBacktestJudge(store, asked, rules)
  const rests = restBesideIngest(store, bounds)
  const endMs = performance.now() + bounds.msMax
  const hits: BacktestHit[] = []
  let [events, tally, next] = [0, noTally, asked.after]
  do {
    signal.throwIfAborted()
    const startMs = performance.now()
    const page = await judge.page(next, { limit: bounds.pageRowsMax, bytesMax: bounds.bytesMax })
    events += page.events
    tally = joinedTallies(tally, page.tally)
    for (const hit of page.hits) hits.push(hit)
    next = page.next
    if (next !== null && asked.hits + hits.length > bounds.hitsMax) {
      // What is nearer to the end than its window is long is not judged: what would count with it was not read.
      const withinUs = Math.max(withinUsOf(rules.rule), rules.running === null ? 0 : withinUsOf(rules.running))
      return { events, tally, hits, next: null, reachedUs: next.timeUs - withinUs }
    }
    await sleep(await rests.after(performance.now() - startMs), undefined, { signal })
  } while (
    next !== null &&
    hits.length < bounds.partHitsMax &&
    performance.now() < endMs &&
    (await isBacktestPart(store, job))
  )
  return { events, tally, hits, next, reachedUs: null }
}
