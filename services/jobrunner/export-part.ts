// exportPart: the job that makes the next part of an export, and asks for the one after it in the same transaction.

import type { Logger } from '@plaintrail/runtime/logger'
import { isExportFormat, type ExportFormat } from '@plaintrail/formats/export-format'
import { exportManifest } from '@plaintrail/formats/manifest'
import { formatMicroTime } from '@plaintrail/event/time'
import type { Query } from '@plaintrail/query/ast'
import { parseQuery } from '@plaintrail/query/parse-query'
import { encodeSnapshot, type Snapshot } from '@plaintrail/query/snapshot'
import { findGaps } from '@plaintrail/store/gaps'
import {
  beginPart,
  failExport,
  storePart,
  type ExportLimits,
  type ExportToMake,
  type PartEnd,
} from '@plaintrail/store/make-export'
import type { Store } from '@plaintrail/store/open-store'
import { completeJob } from '@plaintrail/store/outbox'
import type { SegmentItems } from '@plaintrail/store/segment-items'
import { makePart, type PartBounds } from './make-part.ts'
import type { OutboxJob } from './relay-outbox.ts'

export interface ExportParts {
  readonly store: Store
  readonly items: SegmentItems
  readonly logger: Logger
  /** Microseconds since 1970. */
  readonly nowUs: () => number
  readonly limits: ExportLimits
  /** Of Plaintrail. */
  readonly version: string
  /** The job of the next part is in the outbox. */
  readonly onNext: () => void
  readonly bounds?: PartBounds
}

export async function exportPart(parts: ExportParts, { id: job }: OutboxJob, signal: AbortSignal): Promise<void> {
  const { store, logger } = parts
  const asked = await beginPart(store, job)
  // It was cancelled, or this job is done and the queue repeats it.
  if (!asked) return void (await completeJob(store, job, () => Promise.resolve()))
  const understood = understand(asked, parts.nowUs())
  if (typeof understood === 'string') {
    await failExport(store, job, understood, parts.limits)
    return logger.error({ export: asked.id, reason: understood }, 'an export failed')
  }
  const made = await makePart(parts, { ...asked, ...understood, isFirst: asked.parts === 0 }, signal, parts.bounds)
  const manifestOf = made.next === null ? await manifestWriter(parts, asked, understood) : () => ''
  const stored = await storePart(store, job, { ...made, manifestOf }, parts.limits)
  if (stored === 'stored') parts.onNext()
  const told = { export: asked.id, rows: asked.rows + (made.part?.rows ?? 0) }
  if (stored === 'done') logger.info(told, 'an export is done')
  if (stored === 'full') logger.error(told, 'an export failed: there is no room, see PLAINTRAIL_EXPORT_BYTES_MAX')
}

interface Understood {
  readonly query: Query
  readonly snapshot: Snapshot
  readonly format: ExportFormat
}

/** Why not, where another version wrote what this one cannot read: no attempt would end otherwise. */
function understand({ query: text, snapshot, format }: ExportToMake, nowUs: number): Understood | string {
  if (!isExportFormat(format)) return `could not write ${format}: this version has no such format; ask again`
  if (snapshot === null) return 'could not read the snapshot: it is of another version; ask again'
  try {
    return { query: parseQuery(text, nowUs), snapshot, format }
  } catch (error) {
    return `could not read the query: ${error instanceof Error ? error.message : 'unknown'}; ask again`
  }
}

/** Gaps are those known when the last part was read. */
async function manifestWriter(
  { store, nowUs, version }: ExportParts,
  asked: ExportToMake,
  { query, snapshot, format }: Understood,
): Promise<PartEnd['manifestOf']> {
  const { id, maker, window, withRaw } = asked
  const gaps = await findGaps(store, asked.scope, window, query)
  return (parts) =>
    exportManifest({
      id,
      created: formatMicroTime(asked.createdUs),
      finished: formatMicroTime(nowUs()),
      maker,
      query: asked.query,
      window: { since: formatMicroTime(window.sinceUs), until: formatMicroTime(window.untilUs) },
      snapshot: {
        taken: formatMicroTime(snapshot.takenUs),
        isExact: snapshot.lanes !== null,
        watermark: encodeSnapshot(snapshot),
      },
      gaps,
      format,
      withRaw,
      parts,
      version,
    })
}
