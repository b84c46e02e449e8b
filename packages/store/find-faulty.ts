// Which rows of a batch cannot be stored for what is in them, found by halving.

import type { Dimensions } from './dimensions.ts'
import { encodeRows, type EventRow } from './event-rows.ts'
import { insertBatch } from './insert-batch.ts'
import { sqlState, type Store } from './open-store.ts'

export interface TryingParts {
  readonly store: Store
  readonly dimensions: Dimensions
}

/** Each row that fails alone, with its SQLSTATE or the name of our own error. Rejects with what is no fault of the data. */
export async function findFaulty(
  parts: TryingParts,
  rows: readonly EventRow[],
): Promise<ReadonlyMap<EventRow, string>> {
  const fault = await faultOf(parts, rows)
  if (fault === null) return new Map()
  const [only] = rows
  if (only && rows.length === 1) return new Map([[only, fault]])
  const middle = rows.length >> 1
  const left = await findFaulty(parts, rows.slice(0, middle))
  const right = await findFaulty(parts, rows.slice(middle))
  return new Map([...left, ...right])
}

/** SQLSTATE classes 22 (data), 23 (integrity), 54 (limits), or our own encoder; all else is the server's state. */
export function isFaultOfTheData(error: unknown): boolean {
  const state = sqlState(error)
  if (state === null) return error instanceof RangeError || error instanceof TypeError
  return /^(22|23|54)/.test(state)
}

/** The unique key of an event partition was broken. */
export function isStoredAlready(error: unknown): boolean {
  return sqlState(error) === '23505' && tableOf(error).startsWith('event')
}

/** A statement that expects -1 events undoes itself with PT001 when all is well. */
async function faultOf(parts: TryingParts, rows: readonly EventRow[]): Promise<string | null> {
  if (rows.length === 0) return null
  try {
    const lanes = new Map(rows.map((row) => [row.lane.id, 0]))
    const events = await encodeRows(rows, parts.dimensions)
    const none = { taken: [], moves: [], kept: [], seals: [], quarantined: [], outbox: [] }
    await insertBatch(parts.store, { ...none, freshByLane: lanes, events, eventCount: -1 })
    return null
  } catch (error) {
    if (sqlState(error) === 'PT001' || isStoredAlready(error)) return null
    if (!isFaultOfTheData(error)) throw error
    return sqlState(error) ?? (error instanceof Error ? error.name : 'unknown')
  }
}

function tableOf(error: unknown): string {
  return error instanceof Error && 'table' in error && typeof error.table === 'string' ? error.table : ''
}
