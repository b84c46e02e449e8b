// thoseSaying: of rows that may match, those whose sentence says what the query asks for.

import type { EventRecord } from './find-records.ts'
import type { Store } from './open-store.ts'
import type { QueryConditions } from './query-conditions.ts'
import { sentencesOf } from './stored-events.ts'

/** In the order of `records`, which have in `answers` what Postgres said of the text; all of them where none is asked for. */
export async function thoseSaying<Row extends EventRecord>(
  store: Store,
  records: readonly Row[],
  text: QueryConditions['text'],
): Promise<readonly Row[]> {
  if (text === null) return records
  const sentences = await sentencesOf(store, records)
  return records.filter((record, index) => text.holds(record.answers ?? [], sentences[index] ?? ''))
}
