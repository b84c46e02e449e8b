// The worker: from the log, normalized, into the store.

import { setTimeout as sleep } from 'node:timers/promises'
import type { LogReader } from '@plaintrail/event-log/event-log'
import type { Health, HealthState } from '@plaintrail/runtime/health'
import type { Logger } from '@plaintrail/runtime/logger'
import type { Metrics } from '@plaintrail/runtime/metrics'
import type { Connection, Store } from '@plaintrail/store/open-store'
import { createHandedEvents } from '@plaintrail/store/handed-events'
import { createParsedItems, type ParsedItems } from '@plaintrail/store/parsed-items'
import { createBatchWriter, type BatchWriter } from '@plaintrail/store/store-batch'
import { processLog } from './process-log.ts'
import { startAttribution } from './start-attribution.ts'
import { startHistory } from './start-history.ts'
import { startRules, type RulesOptions } from './start-rules.ts'
import { createWorkerMetrics } from './worker-metrics.ts'

export interface WorkerParts {
  readonly store: Store
  readonly reader: LogReader
  readonly logger: Logger
  readonly metrics: Metrics
  readonly health: Health
  /** For tests: the writer wrapped in another. */
  readonly wrapWriter?: (writer: BatchWriter) => BatchWriter
  readonly waitMsMax?: number
  /** Where history is followed by connections of its own; null where it is not. */
  readonly history?: Connection | null
  /** Where events are judged by rules, by connections of its own; null where they are not. */
  readonly rules?: RulesOptions | null
  /** For those that follow in this process. */
  readonly parsed?: ParsedItems
}

/** A batch takes a second at most; one that has taken so long waits for a lock, or for a Postgres that does not answer. */
const waitMsMaxDefault = 30_000

/** Disposing waits for the batches in flight. */
export function startWorker(parts: WorkerParts): AsyncDisposable {
  const stop = new AbortController()
  const { health, logger, store, waitMsMax = waitMsMaxDefault } = parts
  const counted = createWorkerMetrics(parts.metrics)
  const { history: connection = null, rules: options = null } = parts
  // Nobody reads them where nobody follows.
  const isFollowed = connection !== null || options !== null
  const parsed = parts.parsed ?? createParsedItems(isFollowed ? undefined : 0)
  const isReadOn = isFollowed || parts.parsed !== undefined
  const handed = createHandedEvents(options === null ? 0 : undefined)
  const watched = watchWaits(createBatchWriter(store, { parsed, handed }))
  let state: HealthState = { ok: true, detail: 'working' }
  health.check('worker', () => {
    const waitedMs = Math.round(watched.waitedMs())
    if (waitedMs < waitMsMax) return state
    const detail = `a batch has waited for Postgres for ${waitedMs} ms: see what it waits for in pg_stat_activity`
    return { ok: false, detail }
  })
  let isBusy = false
  const following = { ...parts, parsed, isIngestBusy: () => isBusy }
  const history = connection === null ? null : startHistory({ ...following, connection })
  const attribution = connection === null ? null : startAttribution({ ...following, connection })
  const rules =
    options === null
      ? null
      : startRules({
          ...following,
          connection: options.connection,
          rules: options,
          isHistoryOn: history !== null,
          handed,
        })
  if (history === null) health.set('history', { ok: true, detail: 'off: PLAINTRAIL_HISTORY' })
  if (rules === null) health.set('rules', { ok: true, detail: 'off: PLAINTRAIL_RULES' })
  const log = processLog(
    {
      reader: parts.reader,
      writer: parts.wrapWriter ? parts.wrapWriter(watched.writer) : watched.writer,
      logger,
      isReadOn,
      onCommitted: (outcome) => {
        counted.committed(outcome)
        history?.wake()
        rules?.wake()
      },
      onTurn: (hadWork) => {
        isBusy = hadWork
        state = { ok: true, detail: 'working' }
        if (!hadWork) counted.idle()
      },
      onFailed: (reason) => void (state = { ok: false, detail: `could not store events, trying again: ${reason}` }),
      pause,
    },
    stop.signal,
  )
  return {
    async [Symbol.asyncDispose]() {
      stop.abort()
      await Promise.all([
        log,
        history?.[Symbol.asyncDispose](),
        attribution?.[Symbol.asyncDispose](),
        rules?.[Symbol.asyncDispose](),
      ])
    },
  }
}

/** How long the step that began first, of those that have not ended, has taken; 0 where there is none. */
function watchWaits(writer: BatchWriter): { readonly writer: BatchWriter; waitedMs(): number } {
  const begun = new Map<symbol, number>()
  const timed = async <T>(step: () => Promise<T>): Promise<T> => {
    const name = Symbol('step')
    begun.set(name, performance.now())
    try {
      return await step()
    } finally {
      begun.delete(name)
    }
  }
  return {
    writer: {
      prepare: (segments) => timed(() => writer.prepare(segments)),
      commit: (prepared) => timed(() => writer.commit(prepared)),
      store: (segments) => timed(() => writer.store(segments)),
    },
    waitedMs: () => performance.now() - Math.min(performance.now(), ...begun.values()),
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined)
}
