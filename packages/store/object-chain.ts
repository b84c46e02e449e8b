// ObjectChain: the chain of one object while a batch is taken into it: what was read of it, with what the batch changed.

import type { Observation } from '@plaintrail/history/observation'
import { unplacedMax, type Revision } from '@plaintrail/history/revision'
import type { PoolClient } from 'pg'
import { readNeighbours, readTouched, readUnplaced, type ChainWindow } from './chain-rows.ts'
import { eventOf, rowOf, type KeptRevision, type RevisionRow } from './revision-row.ts'
import type { RevisionSources } from './revision-sources.ts'

interface ChainEntry {
  readonly place: number | null
  /** As it is now; `stored` as it stands in the table, null for a new one. */
  row: RevisionRow
  readonly stored: RevisionRow | null
  /** Undefined until it is read; null where its bytes are gone. */
  kept: KeptRevision | null | undefined
  /** The revision before it when it was written; only of what is to be written. */
  before: Revision | null
  isWritten: boolean
}

interface Around {
  readonly before: ChainEntry | null
  readonly same: ChainEntry | null
  readonly after: ChainEntry | null
}

export interface ChainOfObject {
  readonly id: number
  readonly uid: string
  /** Null for an object that had no chain. */
  readonly window: ChainWindow | null
  /** The first place from which the window was read; null for none. */
  readonly placeMin: number | null
}

export interface ObjectChain {
  readonly id: number
  readonly uid: string
  readonly isNew: boolean
  around(place: number): Promise<Around>
  /** Null where there is no entry, or its bytes are gone. */
  load(entry: ChainEntry | null): Promise<KeptRevision | null>
  /** To be written at its place, in place of what is there. */
  put(kept: KeptRevision, before: Revision | null): void
  putUnplaced(kept: KeptRevision): void
  /** Those whose time overlaps one of the spans, by their time; of each span no more than a link looks at. */
  unplacedIn(spans: readonly (readonly [fromUs: number | null, toUs: number | null])[]): Promise<readonly Revision[]>
  /** By place: those that ended after the write began, and whose one before began before the write ended. */
  touchedBy(observation: Observation): Promise<readonly ChainEntry[]>
  written(): readonly ChainEntry[]
}

interface ChainTools {
  readonly client: PoolClient
  readonly sources: RevisionSources
}

type Load = ObjectChain['load']

export function createObjectChain(tools: ChainTools, object: ChainOfObject): ObjectChain {
  const { id, uid, window } = object
  const load: Load = async (entry) => {
    if (entry === null) return null
    if (entry.kept === undefined) entry.kept = await tools.sources.load(tools.client, uid, entry.row)
    return entry.kept
  }
  const placed = createPlaced(tools.client, object)
  const unplaced = createUnplaced(tools.client, object, load)
  return {
    id,
    uid,
    isNew: window === null,
    load,
    around: placed.around,
    put: placed.put,
    touchedBy: placed.touchedBy,
    putUnplaced: unplaced.put,
    unplacedIn: unplaced.within,
    written: () => [...placed.entries, ...unplaced.entries.values()].filter(({ isWritten }) => isWritten),
  }
}

function createPlaced(
  client: PoolClient,
  { id, window, placeMin }: ChainOfObject,
): Pick<ObjectChain, 'around' | 'put' | 'touchedBy'> & { readonly entries: readonly ChainEntry[] } {
  /** By place: all from the one before `placeMin` to `lastRead`, and others. */
  const entries: ChainEntry[] = (window?.placed ?? []).map(storedEntry)
  const lastRead = window?.isCut === true ? (window.placed.at(-1)?.place ?? 0) : Infinity
  const isRead = (place: number): boolean =>
    window === null || (placeMin !== null && place >= placeMin && place < lastRead)

  const admit = (row: RevisionRow): ChainEntry => {
    const at = lowerBound(entries, row.place ?? 0)
    const found = entries[at]
    if (found?.place === row.place) return found
    const entry = storedEntry(row)
    entries.splice(at, 0, entry)
    return entry
  }

  const around = async (place: number): Promise<Around> => {
    if (!isRead(place)) {
      const { before, same, after } = await readNeighbours(client, id, place)
      for (const row of [before, same, after]) if (row !== null) admit(row)
    }
    const at = lowerBound(entries, place)
    const found = entries[at]
    const same = found?.place === place ? found : null
    return { before: entries[at - 1] ?? null, same, after: entries[same === null ? at : at + 1] ?? null }
  }

  return {
    entries,
    around,
    put(kept, before) {
      const row = rowOf(id, kept)
      const at = lowerBound(entries, row.place ?? 0)
      const found = entries[at]
      if (found?.place === row.place) Object.assign(found, { row, kept, before, isWritten: true })
      else entries.splice(at, 0, { ...storedEntry(row), stored: null, kept, before, isWritten: true })
    },
    async touchedBy({ earliest, latest }) {
      const stored = window === null ? [] : (await readTouched(client, id, { earliest, latest })).map(admit)
      // What was written in this batch is not in the table yet, and what follows it was written with it.
      const candidates = new Set([...stored, ...entries.filter(({ isWritten }) => isWritten)])
      const touched: ChainEntry[] = []
      for (const entry of candidates) {
        if (entry.place === null || entry.row.latest < earliest) continue
        const { before } = await around(entry.place)
        if (before === null || before.row.earliest <= latest) touched.push(entry)
      }
      return touched.toSorted((a, b) => (a.place ?? 0) - (b.place ?? 0))
    },
  }
}

function createUnplaced(
  client: PoolClient,
  { id, window }: ChainOfObject,
  load: Load,
): {
  readonly entries: ReadonlyMap<string, ChainEntry>
  readonly put: ObjectChain['putUnplaced']
  readonly within: ObjectChain['unplacedIn']
} {
  /** By event. */
  const entries = new Map((window?.unplaced ?? []).map((row) => [eventOf(row), storedEntry(row)]))
  const areRead = (fromUs: number | null, toUs: number): boolean =>
    window === null ||
    (!window.areUnplacedCut &&
      (window.unplacedFrom === null || (fromUs !== null && fromUs >= window.unplacedFrom)) &&
      toUs <= window.unplacedTo)

  const span = async (fromUs: number | null, toUs: number): Promise<readonly ChainEntry[]> => {
    const rows = areRead(fromUs, toUs) ? [] : await readUnplaced(client, id, fromUs, toUs)
    for (const row of rows) if (!entries.has(eventOf(row))) entries.set(eventOf(row), storedEntry(row))
    return [...entries.values()]
      .filter(({ row }) => row.earliest <= toUs && (fromUs === null || row.latest >= fromUs))
      .toSorted(byLook)
      .slice(0, unplacedMax)
  }

  return {
    entries,
    put(kept) {
      const row = rowOf(id, kept)
      entries.set(eventOf(row), { ...storedEntry(row), stored: null, kept, isWritten: true })
    },
    async within(spans) {
      const found = new Set<ChainEntry>()
      for (const [fromUs, toUs] of spans) {
        if (toUs !== null) for (const entry of await span(fromUs, toUs)) found.add(entry)
      }
      const revisions: Revision[] = []
      for (const entry of [...found].toSorted(byTime)) {
        const kept = await load(entry)
        if (kept !== null) revisions.push(kept.revision)
      }
      return revisions
    },
  }
}

function storedEntry(row: RevisionRow): ChainEntry {
  return { place: row.place, row, stored: row, kept: undefined, before: null, isWritten: false }
}

function byTime(a: ChainEntry, b: ChainEntry): number {
  return a.row.earliest - b.row.earliest || (eventOf(a.row) < eventOf(b.row) ? -1 : 1)
}

/** As unplacedLookedAt (revision-chain.ts) has them. */
function byLook(a: ChainEntry, b: ChainEntry): number {
  const [one, other] = [a, b].map(({ row }) => Number(row.significance === 'status'))
  return (one ?? 0) - (other ?? 0) || a.row.latest - b.row.latest || (eventOf(a.row) < eventOf(b.row) ? -1 : 1)
}

/** The first that is not before the place. */
function lowerBound(entries: readonly ChainEntry[], place: number): number {
  let [low, high] = [0, entries.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((entries[middle]?.place ?? 0) < place) low = middle + 1
    else high = middle
  }
  return low
}
