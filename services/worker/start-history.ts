// startHistory: the loop of history with its connections, its health and its metrics.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Health, HealthState } from '@plaintrail/runtime/health'
import type { Logger } from '@plaintrail/runtime/logger'
import type { Metrics } from '@plaintrail/runtime/metrics'
import { createHistoryFollower } from '@plaintrail/store/history-follower'
import { historyLanes } from '@plaintrail/store/history-lanes'
import { openStore, type Connection } from '@plaintrail/store/open-store'
import { followHistory } from './follow-history.ts'
import { createHistoryMetrics } from './history-metrics.ts'

export interface HistoryParts {
  readonly connection: Connection
  readonly logger: Logger
  readonly metrics: Metrics
  readonly health: Health
  readonly isIngestBusy: () => boolean
}

export interface RunningHistory extends AsyncDisposable {
  /** Something was stored: it is followed soon, and not at the next look. */
  wake(): void
}

/** Of its own, so that ingest never waits for one: a batch holds one, and reads by the other. */
const connectionsMax = 2
/** A statement that takes longer waits for something that does not come, and is tried again. */
const statementMs = 60_000

/** Disposing waits for the batch in flight. A failure is degraded and not failed: events are stored all the same. */
export function startHistory({ connection, logger, metrics, health, isIngestBusy }: HistoryParts): RunningHistory {
  const stop = new AbortController()
  const counted = createHistoryMetrics(metrics)
  const store = openStore(connection, {
    connectionsMax,
    statementMs,
    applicationName: 'plaintrail history',
    onIdleError: (error) => logger.warn({ error }, 'a connection to Postgres broke'),
  })
  let state: HealthState = { ok: true, detail: 'following' }
  health.check('history', () => state)
  const bell = createBell()
  const loop = followHistory(
    {
      lanes: () => historyLanes(store),
      follower: createHistoryFollower(store),
      logger,
      isIngestBusy,
      onBehind: (events) => counted.behind(events),
      onFollowed: (batch) => counted.followed(batch),
      onLeftOut: () => counted.leftOut(),
      onFailed: (reason) => {
        counted.failed()
        state = { ok: true, degraded: true, detail: `could not follow what is stored, trying again: ${reason}` }
      },
      onWell: () => void (state = { ok: true, detail: 'following' }),
      pause,
      untilStored: (ms, signal) => bell.next(ms, signal),
    },
    stop.signal,
  )
  return {
    wake: () => bell.ring(),
    async [Symbol.asyncDispose]() {
      stop.abort()
      await loop
      await store[Symbol.asyncDispose]()
    },
  }
}

interface Bell {
  ring(): void
  /** Resolves at once where it rang since the last time. */
  next(ms: number, signal: AbortSignal): Promise<void>
}

function createBell(): Bell {
  let hasRung = false
  let waiting = new AbortController()
  return {
    ring() {
      hasRung = true
      waiting.abort()
    },
    async next(ms, signal) {
      if (!hasRung) {
        waiting = new AbortController()
        await pause(ms, AbortSignal.any([waiting.signal, signal]))
      }
      hasRung = false
    },
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined)
}
