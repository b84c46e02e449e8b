// namedRevisions: a page of all that was written to the objects of one name, newest first, by resourceVersion where there is one.

import type { Significance } from '@plaintrail/history/revision'
import type { Window } from '@plaintrail/query/window'
import { sql, type SQL } from 'drizzle-orm'
import { looseWrites, type LooseWrite } from './loose-writes.ts'
import type { NamedHistory } from './named-history.ts'
import type { Store } from './open-store.ts'
import { arrayOf, readRows } from './read-rows.ts'
import { isBesideText, isMeantText } from './revision-letters.ts'
import { endPlace, revisionColumns, type RevisionRow } from './revision-row.ts'
import { keyOfChanges } from './changed-field-rows.ts'
import { changesOf, toldRevision, type ToldRevision } from './told-revision.ts'

export interface NamedRevision extends ToldRevision {
  /** Null where no body and no reference says it. */
  readonly uid: string | null
}

/** Where a page ended. */
export interface ChainPosition {
  /** Of the object whose revision was shown last, and the place of that one; both 0 where none was shown. */
  readonly objectId: number
  readonly place: number
  /** Of writes without a place only those are left that are older: by time, and by key within one. */
  readonly loose: { readonly timeUs: number; readonly key: string }
}

export interface RevisionQuestion {
  readonly window: Window
  readonly limit: number
  readonly after: ChainPosition | null
  /** Also what `isBeside` names. */
  readonly all: boolean
}

interface RevisionPage {
  readonly revisions: readonly NamedRevision[]
  /** Null at the end. */
  readonly next: ChainPosition | null
}

const besides: readonly Significance[] = ['status', 'renewal', 'bookkeeping']

/** Set apart unless asked for: nobody meant it. */
export const isBeside = (significance: Significance): boolean => besides.includes(significance)

/** A condition on `revision r` that the index revision_meant has. */
export const isMeant = sql`r.place is not null and ${sql.raw(isMeantText)}`

/** Counted at most. */
export const besideCountMax = 10_000
/** Fields of one revision that a page has. */
export const changesShownMax = 20

const lastKey = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/**
 * Revisions with a version stand in its order, whatever the clocks say; a write without one stands before (above) the first
 * that was there for certain when it began. The pages of one question have each once, while nothing new is followed.
 */
export async function namedRevisions(
  store: Store,
  history: NamedHistory,
  question: RevisionQuestion,
): Promise<RevisionPage> {
  const { window, limit, after, all } = question
  const placed = await placedRows(store, history, question)
  // Below the oldest of these no write stands on this page.
  const isMore = placed.length > limit
  const lowUs = isMore ? placed.reduce((least, { latest }) => Math.min(least, latest), window.untilUs) : 0
  const loose = await looseWrites(store, history, {
    sinceUs: Math.max(window.sinceUs, lowUs),
    untilUs: window.untilUs,
    before: after?.loose ?? null,
    limit: limit + 1,
    withStatus: all,
  })
  const merged = mergedPage(placed, loose, limit)
  const changes = await changesOf(store, merged.flatMap(rowOf), changesShownMax)
  const isEnd = merged.length === placed.length + loose.length
  return {
    revisions: merged.map((one) =>
      'event' in one ? one : { ...toldRevision(one, changes.get(keyOfChanges(one)) ?? []), uid: one.uid },
    ),
    next: isEnd ? null : positionAfter(merged, after),
  }
}

type PlacedRow = RevisionRow & { readonly uid: string }

const rowOf = (one: PlacedRow | LooseWrite): readonly PlacedRow[] => ('event' in one ? [] : [one])

/** The first of both, in the order of the page. */
function mergedPage(
  placed: readonly PlacedRow[],
  loose: readonly LooseWrite[],
  limit: number,
): readonly (PlacedRow | LooseWrite)[] {
  const merged: (PlacedRow | LooseWrite)[] = []
  let [row, write] = [0, 0]
  while (merged.length < limit) {
    const [nextRow, nextWrite] = [placed[row], loose[write]]
    if (nextWrite !== undefined && (nextRow === undefined || nextWrite.timeUs >= nextRow.latest)) {
      merged.push(nextWrite)
      write++
    } else if (nextRow !== undefined) {
      merged.push(nextRow)
      row++
    } else break
  }
  return merged
}

function positionAfter(merged: readonly (PlacedRow | LooseWrite)[], before: ChainPosition | null): ChainPosition {
  const row = merged.flatMap(rowOf).at(-1)
  const write = merged.filter((one) => 'event' in one).at(-1)
  return {
    objectId: row?.objectId ?? before?.objectId ?? 0,
    place: row?.place ?? before?.place ?? 0,
    loose: write ?? before?.loose ?? { timeUs: Number.MAX_SAFE_INTEGER, key: lastKey },
  }
}

/** One more than the page holds. */
async function placedRows(
  store: Store,
  { lifetimes }: NamedHistory,
  { window, limit, after, all }: RevisionQuestion,
): Promise<readonly PlacedRow[]> {
  const newest = lifetimes.toReversed()
  const isBegun = after !== null && after.objectId !== 0
  const at = isBegun ? newest.findIndex(({ id }) => id === after.objectId) : 0
  // Where the object has gone meanwhile, those that are older have too, and the newer ones were shown.
  const left = at === -1 ? [] : newest.slice(at)
  if (left.length === 0) return []
  const upTo = left.map(({ id }) => (id === after?.objectId ? after.place - 1 : endPlace))
  return await readRows<PlacedRow & Record<string, unknown>>(
    store,
    sql`select r.*, o.uid
        from unnest(${arrayOf(
          'int8',
          left.map(({ id }) => id),
        )}, ${arrayOf('int8', upTo.map(String))}) with ordinality as i (id, up_to, n)
          join history_object o on o.id = i.id
          cross join lateral (
            select ${sql.raw(revisionColumns)} from revision r
            where r.object_id = i.id and r.place <= i.up_to and ${isWithin(window)}
              and ${all ? sql`true` : isMeant}
            order by r.place desc limit ${limit + 1}) r
        order by i.n, r.place desc limit ${limit + 1}`,
  )
}

/** Conditions on `revision r`. */
const isOfBesides = sql.raw(isBesideText)

function isWithin({ sinceUs, untilUs }: Window): SQL {
  return sql`r.latest >= ${sinceUs}::int8 and r.time < ${untilUs}::int8`
}

/** How many revisions `all` would show beside the others, in the whole window: `besideCountMax` and one is more than that. */
export async function countBeside(store: Store, { objectIds }: NamedHistory, window: Window): Promise<number> {
  if (objectIds.length === 0) return 0
  const [row] = await readRows<{ count: number }>(
    store,
    sql`select count(*) as count from (
          select from revision r
          where r.object_id = any(${arrayOf('int8', objectIds)}) and ${isOfBesides} and ${isWithin(window)}
          limit ${besideCountMax + 1}) r`,
  )
  return row?.count ?? 0
}
