// startAttribution: the loop that finds who is behind events, with its connections, its health and its metrics.

import { setTimeout as sleep } from 'node:timers/promises'
import type { HealthState } from '@plaintrail/runtime/health'
import { attributionLanes, createAttributor } from '@plaintrail/store/attributor'
import { openStore } from '@plaintrail/store/open-store'
import { attributeEvents } from './attribute-events.ts'
import { createAttributionMetrics } from './attribution-metrics.ts'
import type { HistoryParts } from './start-history.ts'

/** Of its own, so that ingest never waits for one: a batch holds one, and reads by the other. */
const connectionsMax = 2
/** A statement that takes longer waits for something that does not come, and is tried again. */
const statementMs = 60_000

/** Disposing waits for the batch in flight. A failure is degraded and not failed: events are stored all the same. */
export function startAttribution({ connection, logger, metrics, health, isIngestBusy }: HistoryParts): AsyncDisposable {
  const stop = new AbortController()
  const counted = createAttributionMetrics(metrics)
  const store = openStore(connection, {
    connectionsMax,
    statementMs,
    applicationName: 'plaintrail attribution',
    onIdleError: (error) => logger.warn({ error }, 'a connection to Postgres broke'),
  })
  let state: HealthState = { ok: true, detail: 'attributing' }
  health.check('attribution', () => state)
  const loop = attributeEvents(
    {
      lanes: () => attributionLanes(store),
      attributor: createAttributor(store),
      logger,
      isIngestBusy,
      onBehind: (events) => counted.behind(events),
      onAttributed: (batch) => counted.attributed(batch),
      onLeftOut: () => counted.leftOut(),
      onFailed: (reason) => {
        counted.failed()
        state = { ok: true, degraded: true, detail: `could not attribute what is stored, trying again: ${reason}` }
      },
      onWell: () => void (state = { ok: true, detail: 'attributing' }),
      pause: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined),
    },
    stop.signal,
  )
  return {
    async [Symbol.asyncDispose]() {
      stop.abort()
      await loop
      await store[Symbol.asyncDispose]()
    },
  }
}
