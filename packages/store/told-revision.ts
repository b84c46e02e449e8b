// ToldRevision: a revision as readers tell it, with what it changed.

import { formatEventId } from '@plaintrail/event/identity'
import type { ChangedField } from '@plaintrail/history/changed-fields'
import type { Observation } from '@plaintrail/history/observation'
import type { Link, Revision } from '@plaintrail/history/revision'
import { changedFieldRows } from './changed-field-rows.ts'
import type { Store } from './open-store.ts'
import { endPlace, type RevisionRow } from './revision-row.ts'

/** Images that came with a new object are no changes. */
export interface ToldChange extends ChangedField {
  readonly op: Exclude<ChangedField['op'], 'came'>
}

export interface ToldRevision {
  /** The id of the event that told it. */
  readonly event: string
  /** When its request was received, in microseconds since 1970. */
  readonly timeUs: number
  /** Null for an end, and where none was told. */
  readonly resourceVersion: number | null
  readonly observed: Observation['observed']
  readonly isRead: boolean
  readonly fidelity: Revision['fidelity']
  readonly significance: Revision['significance']
  readonly link: Link
  /** Without the noise, and no more than changed-fields.ts writes; `changesCount` is of all. */
  readonly changes: readonly ToldChange[]
  readonly changesCount: number
}

export function toldRevision(row: RevisionRow, changes: readonly ToldChange[]): ToldRevision {
  const { observed, isRead, fidelity, significance, link } = row
  return {
    event: eventIdOf(row),
    timeUs: row.time,
    resourceVersion: row.place === endPlace ? null : row.place,
    observed,
    isRead,
    fidelity,
    significance,
    link,
    changes,
    changesCount: row.changes,
  }
}

export function eventIdOf({ time, key }: { readonly time: number; readonly key: string }): string {
  return formatEventId(time, Buffer.from(key.replaceAll('-', ''), 'hex'))
}

/** What each of them changed, at most `eachMax` by path, under `keyOfChanges`. */
export async function changesOf(
  store: Store,
  rows: readonly Pick<RevisionRow, 'objectId' | 'time' | 'key' | 'part' | 'changes'>[],
  eachMax: number,
): Promise<ReadonlyMap<string, readonly ToldChange[]>> {
  const changed = rows.filter(({ changes }) => changes > 0)
  const found = await changedFieldRows(store, changed, { eachMax, hasImages: false })
  return new Map([...found].map(([key, own]) => [key, own.filter(isChange)] as const))
}

const isChange = (field: ChangedField): field is ToldChange => field.op !== 'came'
