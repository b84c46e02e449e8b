// startLaneWork: a loop over lanes with its connections and its health.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Health, HealthState } from '@plaintrail/runtime/health'
import type { Logger } from '@plaintrail/runtime/logger'
import type { Metrics } from '@plaintrail/runtime/metrics'
import { openStore, type Connection, type Store } from '@plaintrail/store/open-store'
import type { ParsedItems } from '@plaintrail/store/parsed-items'
import { workLanes, type LaneWork, type WorkLanesParts } from './work-lanes.ts'

export interface LaneWorkParts {
  readonly connection: Connection
  readonly logger: Logger
  readonly metrics: Metrics
  readonly health: Health
  readonly isIngestBusy: () => boolean
  /** What the worker handed over, and others of this process read. */
  readonly parsed: ParsedItems
}

export interface RunningLaneWork extends AsyncDisposable {
  /** Something was stored: it is worked on soon, and not at the next look. */
  wake(): void
}

export interface LaneWorkOptions<Batch extends { readonly events: number }> extends Pick<
  WorkLanesParts<Batch>,
  'onBehind' | 'onWorked' | 'onLeftOut'
> {
  /** Of its health check, its connections, and while all is well: `following`. */
  readonly name: string
  readonly doing: string
  readonly make: (store: Store) => LaneWork<Batch>
  readonly onFailed: () => void
}

/** Of its own, so that ingest never waits for one: a batch holds one, and reads by the other. */
const connectionsMax = 2
/** A statement that takes longer waits for something that does not come, and is tried again. */
const statementMs = 60_000

/** Disposing waits for the batch in flight. A failure is degraded and not failed: events are stored all the same. */
export function startLaneWork<Batch extends { readonly events: number }>(
  { connection, logger, health, isIngestBusy }: LaneWorkParts,
  { name, doing, make, ...told }: LaneWorkOptions<Batch>,
): RunningLaneWork {
  const stop = new AbortController()
  const store = openStore(connection, {
    connectionsMax,
    statementMs,
    applicationName: `plaintrail ${name}`,
    onIdleError: (error) => logger.warn({ error }, 'a connection to Postgres broke'),
  })
  let state: HealthState = { ok: true, detail: doing }
  health.check(name, () => state)
  const bell = createBell()
  const work = make(store)
  const loop = workLanes(
    work,
    {
      ...told,
      logger,
      isIngestBusy,
      onFailed: (reason) => {
        told.onFailed()
        state = { ok: true, degraded: true, detail: `${work.says.failed}: ${reason}` }
      },
      onWell: () => void (state = { ok: true, detail: doing }),
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
