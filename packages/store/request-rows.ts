// requestRows: requests as rows that SQL can count, each once: its last stage, as a list shows it.

import type { Snapshot } from '@plaintrail/query/snapshot'
import { stages as everyStage } from '@plaintrail/event/event'
import { sql, type SQL } from 'drizzle-orm'
import { stageCode } from './event-codes.ts'
import type { EventPosition } from './find-records.ts'
import type { Stretch } from './event-stretches.ts'
import type { QueryConditions } from './query-conditions.ts'
import { arrayOf } from './read-rows.ts'
import { isInSnapshot } from './take-snapshot.ts'

/** A SELECT of columns of `event e`, of those requests alone that meet `also`. */
export type RequestRows = (columns: SQL, also?: SQL) => SQL

/**
 * The requests that match in a stretch of time. Beside a list there is one difference: where an event is stored twice in
 * different bytes (audit.conflict) a list shows every stage of its request alone, and this the last ones. To know
 * it here would cost a look-up for each row. All rows of a request have one time, so that no stretch cuts one in two.
 */
export function requestRows(
  { where, stages }: Pick<QueryConditions, 'where' | 'stages'>,
  stretch: Stretch,
  snapshot: Snapshot | null = null,
): RequestRows {
  const letters: readonly string[] = everyStage
    .filter((stage) => stages.has(stage))
    .map((stage) => stageCode.letter[stage])
  const later = letters.filter((letter) => letter === 'c' || letter === 'p')
  const earlier = letters.filter((letter) => letter !== 'c' && letter !== 'p')
  const isStored = snapshot === null ? sql`true` : isInSnapshot(snapshot)
  const all = sql`${isWithin('e', stretch)} and ${where(stretch)} and ${isStored}`
  const branches = [
    // Nearly all rows are ResponseComplete, and only a panic comes after it: few rows to compare them with.
    { letters: later, following: later.filter((letter) => letter === 'p') },
    { letters: earlier, following: letters },
  ].filter((branch) => branch.letters.length > 0)
  return (columns, also = sql`true`) =>
    sql.join(
      branches.map(
        (branch) => sql`select ${columns} from event e where ${all} and ${also}
          and e.stage = any(${arrayOf('"char"', branch.letters)}) and ${isLast(branch.following, stretch, snapshot)}`,
      ),
      sql` union all `,
    )
}

/** The rows at these positions, which somebody else has found to be requests that match. */
export function rowsAt(positions: readonly EventPosition[], stretch: Stretch): RequestRows {
  const times = arrayOf(
    'int8',
    positions.map(({ timeUs }) => timeUs),
  )
  const keys = arrayOf(
    'uuid',
    positions.map(({ key }) => key),
  )
  return (columns, also = sql`true`) =>
    sql`select ${columns} from unnest(${times}, ${keys}) as k (time, key)
        join event e on e.time = k.time and e.key = k.key where ${isWithin('e', stretch)} and ${also}`
}

/** `c` is another row of the same request, by the rule of join-stages.ts. */
function isLast(following: readonly string[], stretch: Stretch, snapshot: Snapshot | null): SQL {
  if (following.length === 0) return sql`true`
  return sql`not exists (
    select from event c
    where c.time = e.time and c.audit = e.audit and c.cluster_id = e.cluster_id and c.actor_id = e.actor_id
      and c.verb_id = e.verb_id and c.uri_hash = e.uri_hash and ${isWithin('c', stretch)}
      and ${isOneOfStages(following)} and ${rank('c')} > ${rank('e')}
      and ${snapshot === null ? sql`true` : isInSnapshot(snapshot, 'c')})`
}

/**
 * A panic is an error (packages/event/outcome.ts), and few rows are: said here, the index event_unusual_time finds that there
 * are none. Without it the whole stretch is read for them: 0.9 s for a busy namespace's week in place of 0.3 s.
 */
function isOneOfStages(letters: readonly string[]): SQL {
  const [letter, ...more] = letters
  if (letter === stageCode.letter.Panic && more.length === 0)
    return sql`c.stage = ${letter}::"char" and c.outcome in ('d', 'r', 'e')`
  return sql`c.stage = any(${arrayOf('"char"', letters)})`
}

/** First to last. */
const rank = (row: 'e' | 'c'): SQL => sql`strpos('urscp', ${sql.raw(row)}.stage::text)`

function isWithin(row: 'e' | 'c', { fromUs, toUs }: Stretch): SQL {
  const time = sql.raw(`${row}.time`)
  return sql`${time} >= ${fromUs}::int8 and ${time} < ${toUs}::int8`
}
