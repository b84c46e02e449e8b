// makePart: the next file of an export, read a page at a time and compressed as it grows.

import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createGzip } from 'node:zlib'
import type { StoredEvent } from '@plaintrail/event/event'
import { parseEventId } from '@plaintrail/event/identity'
import { fileKindOf, type ExportFormat } from '@plaintrail/formats/export-format'
import type { ExportRow } from '@plaintrail/formats/export-row'
import { partWriter } from '@plaintrail/formats/part-writer'
import type { Query } from '@plaintrail/query/ast'
import type { Scope } from '@plaintrail/query/scope'
import type { Snapshot } from '@plaintrail/query/snapshot'
import type { Window } from '@plaintrail/query/window'
import { budgetOf } from '@plaintrail/store/budget'
import { findEvents } from '@plaintrail/store/find-events'
import type { EventPosition } from '@plaintrail/store/find-records'
import type { NewPart } from '@plaintrail/store/make-export'
import type { Store } from '@plaintrail/store/open-store'
import { rawEvents } from '@plaintrail/store/raw-events'
import type { SegmentItems } from '@plaintrail/store/segment-items'

export interface PartQuestion {
  readonly scope: Scope
  readonly query: Query
  readonly window: Window
  readonly snapshot: Snapshot
  readonly format: ExportFormat
  readonly withRaw: boolean
  readonly after: EventPosition | null
  /** An export has a file at least, be it empty. */
  readonly isFirst: boolean
}

export interface MadePart {
  readonly part: NewPart | null
  readonly next: EventPosition | null
}

/** Where a part ends; the page that goes beyond one of them is still in it. */
export interface PartBounds {
  readonly rowsMax: number
  /** Before it is compressed. In memory it is what that leaves: a tenth of it for texts, a half for Parquet. */
  readonly bytesMax: number
  /** A job that takes longer keeps others waiting, and loses more when it dies. */
  readonly msMax: number
  readonly pageRowsMax: number
  /** Of events as they were received, in one page. One alone may be more. */
  readonly pageRawBytesMax: number
}

export const partBounds: PartBounds = {
  rowsMax: 100_000,
  bytesMax: 32 * 1024 * 1024,
  msMax: 60_000,
  pageRowsMax: 500,
  pageRawBytesMax: 8 * 1024 * 1024,
}

/** How long one page may take to be found: nobody waits for it, and a rare event in a long window takes its time. */
const pageMsMax = 300_000

interface Sources {
  readonly store: Store
  readonly items: SegmentItems
}

export async function makePart(
  sources: Sources,
  asked: PartQuestion,
  signal: AbortSignal,
  bounds: PartBounds = partBounds,
): Promise<MadePart> {
  const file = openFile(asked)
  const endMs = performance.now() + bounds.msMax
  let after = asked.after
  let limit = bounds.pageRowsMax
  let rows = 0
  do {
    signal.throwIfAborted()
    const page = await readPage(sources, { ...asked, after, limit, bytesMax: bounds.pageRawBytesMax }, signal)
    await file.add(page.rows)
    rows += page.rows.length
    after = page.next
    limit = nextLimit(limit, page.isCut, page.rows.length, bounds)
  } while (after !== null && rows < bounds.rowsMax && file.size() < bounds.bytesMax && performance.now() < endMs)
  const content = await file.end()
  if (rows === 0 && !(asked.isFirst && after === null)) return { part: null, next: after }
  return { part: { rows, content, sha256: createHash('sha256').update(content).digest() }, next: after }
}

/** Of events so large that a page did not take all, fewer are read the next time. */
function nextLimit(limit: number, isCut: boolean, rows: number, { pageRowsMax }: PartBounds): number {
  return isCut ? Math.max(1, rows) : Math.min(limit * 2, pageRowsMax)
}

interface PageQuestion extends PartQuestion {
  readonly limit: number
  readonly bytesMax: number
}

interface ReadPage {
  readonly rows: readonly ExportRow[]
  readonly next: EventPosition | null
  /** Their bytes were too many for one page. */
  readonly isCut: boolean
}

async function readPage({ store, items }: Sources, asked: PageQuestion, signal: AbortSignal): Promise<ReadPage> {
  const { scope, withRaw, bytesMax } = asked
  const found = await findEvents(store, scope, { ...asked, order: 'asc', budget: budgetOf(pageMsMax, signal) })
  const { events, next } = found
  if (!withRaw) return { rows: events.map((event) => ({ event })), next, isCut: false }
  const raws = await rawEvents(store, scope, { ids: events.map(({ id }) => id), bytesMax }, items)
  const rows = events.slice(0, raws.length).map((event, at) => ({ event, raw: raws[at] ?? null }))
  const isCut = rows.length < events.length
  return { rows, next: isCut ? positionOf(events[rows.length - 1]) : next, isCut }
}

/** An event's id is its position. */
function positionOf(event: StoredEvent | undefined): EventPosition | null {
  const parsed = event ? parseEventId(event.id) : null
  return parsed && { timeUs: parsed.timeUs, key: Buffer.from(parsed.key).toString('hex') }
}

interface OpenFile {
  add(rows: readonly ExportRow[]): Promise<void>
  /** Before it is compressed. */
  size(): number
  end(): Promise<Buffer>
}

function openFile({ format, withRaw }: PartQuestion): OpenFile {
  const part = partWriter(format, { withRaw })
  return fileKindOf(format).isGzip
    ? gzipFile(part)
    : {
        add: (rows) => Promise.resolve(void part.add(rows)),
        size: () => part.size(),
        end: () => Promise.resolve(Buffer.from(part.end())),
      }
}

function gzipFile(part: ReturnType<typeof partWriter>): OpenFile {
  const gzip = createGzip()
  const pieces: Buffer[] = []
  gzip.on('data', (piece: Buffer) => pieces.push(piece))
  const write = async (bytes: Uint8Array): Promise<void> => {
    if (!gzip.write(bytes)) await once(gzip, 'drain')
  }
  return {
    add: (rows) => write(part.add(rows)),
    size: () => part.size(),
    async end() {
      const ended = once(gzip, 'end')
      await write(part.end())
      gzip.end()
      await ended
      return Buffer.concat(pieces)
    },
  }
}
