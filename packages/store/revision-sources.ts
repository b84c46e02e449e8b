// createRevisionSources: revisions read again: each row's observation from the bytes of its event, as objectStatesOf tells it.

import { objectStatesOf } from '@plaintrail/history/object-state'
import type { Observation, Told } from '@plaintrail/history/observation'
import type { Revision } from '@plaintrail/history/revision'
import { relink, slotIn } from '@plaintrail/history/revision-chain'
import type { ClientBase, Pool } from 'pg'
import { parseAnswer } from './parse-answer.ts'
import { createParsedItems, type ParsedItem, type ParsedItems } from './parsed-items.ts'
import { eventOf, revisionColumns, type KeptRevision, type RevisionRow, type Source } from './revision-row.ts'
import type { SegmentItems } from './segment-items.ts'

export interface RevisionSources {
  /** What the event tells; null where its bytes are gone or are no event, with how many bytes they are. */
  tell(event: Omit<Source, 'part'>): Promise<{ readonly told: Told; readonly bytes: number } | null>
  /** The revision of a row with its state; null where its bytes are gone. */
  load(queries: Pick<Pool | ClientBase, 'query'>, uid: string, row: RevisionRow): Promise<KeptRevision | null>
  /** Reads the bytes of what is soon told or loaded at once, as far as it is not in memory: both are right without it. */
  readAhead(sources: readonly Omit<Source, 'part'>[]): Promise<void>
}

/**
 * Bytes of events whose telling stays, those used last: a list is read once for all of its items, and the end of a chain
 * that is written again and again is not parsed again. Parsed they take some five times as much.
 */
const toldBytesMax = 8 * 1024 * 1024
/** Of writes in a row that show no state, each made of the one before it: past these the state is not known. */
const derivedMax = 64

export function createRevisionSources(
  items: SegmentItems,
  parsed: ParsedItems = createParsedItems(0),
): RevisionSources {
  const known = new Map<string, { readonly told: Told; readonly bytes: number }>()
  let knownBytes = 0

  const tell: RevisionSources['tell'] = async (event) => {
    const key = `${event.segmentId}/${event.item}`
    const before = known.get(key)
    if (before !== undefined) {
      known.delete(key)
      known.set(key, before)
      return before
    }
    const read = parsed.get(event) ?? (await readAnswer(items, event))
    if (read === null) return null
    const told = { told: objectStatesOf(read), bytes: read.bytes }
    for (const [oldest, { bytes }] of known) {
      if (knownBytes + told.bytes <= toldBytesMax) break
      known.delete(oldest)
      knownBytes -= bytes
    }
    known.set(key, told)
    knownBytes += told.bytes
    return told
  }

  const observationAt = async (source: Source): Promise<Observation | null> =>
    (await tell(source))?.told.observations[source.part] ?? null

  const load = async (
    queries: Pick<Pool | ClientBase, 'query'>,
    uid: string,
    row: RevisionRow,
    levels: number = derivedMax,
  ): Promise<KeptRevision | null> => {
    const own = await observationAt(row)
    if (own === null) return null
    const { fidelity, significance, link } = row
    const alone: Revision = {
      uid,
      event: eventOf(row),
      observation: own,
      object: own.object,
      fidelity,
      significance,
      link,
    }
    const state = stateOf(row)
    const other = state && (await observationAt(state))
    const revision = other === null ? alone : withState(alone, other)
    if (revision.object !== null || own.sets.length === 0 || row.place === null || levels === 0) {
      return { revision, teller: row, state }
    }
    const [rowBefore] = await rowsBefore(queries, row)
    const before = rowBefore === undefined ? null : await load(queries, uid, rowBefore, levels - 1)
    const { object } = relink(revision, { before: before?.revision ?? null, unplaced: [] })
    return { revision: { ...revision, object }, teller: row, state }
  }

  return {
    tell,
    load: (queries, uid, row) => load(queries, uid, row),
    async readAhead(sources) {
      const missing = sources.filter(
        (source) => !known.has(`${source.segmentId}/${source.item}`) && parsed.get(source) === null,
      )
      await items.readAhead([...new Set(missing.map(({ segmentId }) => segmentId))])
    },
  }
}

async function readAnswer(
  items: SegmentItems,
  { segmentId, item, flags }: Omit<Source, 'part'>,
): Promise<ParsedItem | null> {
  const bytes = await items.read(segmentId, item)
  return bytes && parseAnswer(bytes, flags)
}

function stateOf(row: RevisionRow): Source | null {
  const { stateSegmentId: segmentId, stateItem: item, statePart: part, stateFlags: flags } = row
  return segmentId === null || item === null || part === null || flags === null
    ? null
    : { segmentId, item, part, flags }
}

/** As the two were put together when the second of them came. */
function withState(alone: Revision, other: Observation): Revision {
  const arrival = { uid: alone.uid, event: afterEveryEvent, observation: other }
  const { write } = slotIn(arrival, { before: null, same: alone, after: null, unplaced: [] })
  return write === null ? alone : { ...alone, observation: write.observation, object: write.observation.object }
}

/** Keys are hexadecimal. */
const afterEveryEvent = '~'

async function rowsBefore(
  queries: Pick<Pool | ClientBase, 'query'>,
  { objectId, place }: RevisionRow,
): Promise<readonly RevisionRow[]> {
  const { rows } = await queries.query<RevisionRow>(
    `select ${revisionColumns} from revision r where r.object_id = $1 and r.place < $2 order by r.place desc limit 1`,
    [objectId, place],
  )
  return rows
}
