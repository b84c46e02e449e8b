// The worker's loop: read the log, make events of it, commit both together; one batch in flight while the next is parsed.

import type { LogEntry, LogReader } from '@plaintrail/event-log/event-log'
import type { Logger } from '@plaintrail/runtime/logger'
import { BatchFenced, type BatchOutcome, type BatchWriter, type PreparedBatch } from '@plaintrail/store/store-batch'
import { readSegment } from './read-segment.ts'

export interface ProcessLogParts {
  readonly reader: LogReader
  readonly writer: BatchWriter
  readonly logger: Logger
  /** Others in this process read what is stored. */
  readonly isReadOn?: boolean
  /** Told of each commit, and of each failure with its reason. */
  readonly onCommitted: (outcome: BatchOutcome) => void
  readonly onFailed: (reason: string) => void
  /** Told of each turn after a commit, and of each that found the log at its end: then nothing waits. */
  readonly onTurn: (hadWork: boolean) => void
  /** Resolves after the time, or at once when the signal aborts. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>
}

/** Of bodies: about 2,300 events of 1.8 KB, the batch that measured best; single-event posts fill it by number. */
const batchBytesMax = 4 * 1024 * 1024
const batchEntriesMax = 500
const idleMs = { first: 10, last: 150 }
const retryMs = { first: 100, last: 5_000 }
/** One after the other without a commit. More are no hand-over of a partition, and say that something is wrong. */
const fencesMax = 3

/** Returns when the signal aborts and the batch in flight is committed or given up: the log keeps what was not committed. */
export async function processLog(parts: ProcessLogParts, signal: AbortSignal): Promise<void> {
  let idle = idleMs.first
  let retry = retryMs.first
  let inFlight: Promise<void> = Promise.resolve()
  let hasCommitted = false
  let fences = 0
  while (!signal.aborted) {
    try {
      const entries = await parts.reader.read({ entries: batchEntriesMax, bytes: batchBytesMax })
      const prepared =
        entries.length > 0
          ? await parts.writer.prepare(entries.map((entry) => readSegment(entry, parts.isReadOn)))
          : null
      await inFlight
      inFlight = prepared ? commit(parts, entries, prepared) : Promise.resolve()
      // Its failure is met at the next turn's await, or after the loop.
      inFlight.catch(() => undefined)
      const isAtEnd = entries.length === 0 && (parts.reader.isAtEnd?.() ?? true)
      // Only what was committed, or a log with nothing in it, says that all is well.
      if (hasCommitted || isAtEnd) {
        parts.onTurn(!isAtEnd)
        retry = retryMs.first
      }
      if (hasCommitted) fences = 0
      hasCommitted = entries.length > 0
      idle = entries.length > 0 ? idleMs.first : Math.min(idle * 2, idleMs.last)
      if (entries.length === 0) await parts.pause(idle, signal)
    } catch (error) {
      // Nothing of the failed batch was committed, and what was read after it is read again: the log still has it all.
      await inFlight.catch(() => undefined)
      inFlight = Promise.resolve()
      hasCommitted = false
      parts.reader.rewind()
      if (error instanceof BatchFenced && (fences += 1) <= fencesMax) continue
      parts.onFailed(error instanceof Error ? error.message : 'unknown')
      parts.logger.error({ error }, 'could not work on the log; trying again')
      await parts.pause(retry, signal)
      retry = Math.min(retry * 2, retryMs.last)
    }
  }
  await inFlight.catch((error: unknown) => parts.logger.error({ error }, 'could not commit the last batch'))
}

async function commit(parts: ProcessLogParts, entries: readonly LogEntry[], prepared: PreparedBatch): Promise<void> {
  parts.onCommitted(await parts.writer.commit(prepared))
  parts.reader.settled(entries.map((entry) => entry.position))
}
