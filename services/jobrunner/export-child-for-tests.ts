// All parts of an export made in a process of its own, which tells how much memory that took at most.

import { parseQuery } from '@plaintrail/query/parse-query'
import type { ExportFormat } from '@plaintrail/formats/export-format'
import type { Window } from '@plaintrail/query/window'
import { findEvents } from '@plaintrail/store/find-events'
import { openStore } from '@plaintrail/store/open-store'
import { createSegmentItems } from '@plaintrail/store/segment-items'
import { makePart, partBounds } from './make-part.ts'

export interface MemoryInput {
  readonly connection: string
  readonly format: ExportFormat
  readonly window: Window
  /** Keeps everything, so that a test can see that it would be seen. */
  readonly hoards: boolean
}

export interface MemoryTold {
  readonly rows: number
  readonly parts: number
  /** Resident, in bytes. */
  readonly rssMax: number
}

const scope = { kind: 'everything' } as const
const cacheBytesMax = 4 * 1024 * 1024
const sampleMs = 2

if (import.meta.main)
  process.stdout.write(JSON.stringify(await measure(JSON.parse(process.argv[2] ?? '') as MemoryInput)))

async function measure({ connection, format, window, hoards }: MemoryInput): Promise<MemoryTold> {
  await using store = openStore(connection, { connectionsMax: 4, statementMs: 0, applicationName: 'test' })
  const sources = { store, items: createSegmentItems(store, cacheBytesMax) }
  const query = parseQuery('', 0)
  const first = { query, window, order: 'asc', limit: 1, after: null, snapshot: null } as const
  const { snapshot } = await findEvents(store, scope, first)
  const bounds = { ...partBounds, bytesMax: 4 * 1024 * 1024, pageRowsMax: 200 }
  const hoard: Buffer[] = []
  let rssMax = 0
  const sampling = setInterval(() => (rssMax = Math.max(rssMax, process.memoryUsage.rss())), sampleMs)
  let [rows, parts] = [0, 0]
  let after: Awaited<ReturnType<typeof makePart>>['next'] = null
  do {
    const asked = { scope, query, window, snapshot, format, withRaw: true, after, isFirst: parts === 0 }
    const made = await makePart(sources, asked, new AbortController().signal, bounds)
    after = made.next
    rows += made.part?.rows ?? 0
    parts += 1
    // As large as what was written into the part.
    if (hoards) hoard.push(Buffer.alloc(bounds.bytesMax, hoard.length))
  } while (after !== null)
  clearInterval(sampling)
  return { rows, parts, rssMax: Math.max(rssMax, process.memoryUsage.rss()) }
}
