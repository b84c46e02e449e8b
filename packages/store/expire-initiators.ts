// Retention of who is behind events: what was found goes with the day of its events, facts when nothing can ask for them.

import type { Fact } from '@plaintrail/history/fact'
import type { Store } from './open-store.ts'
import { dayStartUs } from './segment-id.ts'

/** Facts that one statement takes away. */
const factsMax = 10_000
/** Of an object; attribution looks no further back. */
const lastingMax = 20
/** Of an object whose end was not seen, facts go in the end. In days beyond those of events. */
const lastingDaysMax = 1_100
/** What is true of an object or a namespace as long as it is there: who made it is asked for years later. */
const lasting: readonly Fact['tale']['kind'][] = [
  'write',
  'scale',
  'shown',
  'owners',
  'autoscaler',
  'namespace',
  'sync',
]

/**
 * Facts of events before `firstKept` (days since 1970), but for the newest of what is still there: a Job of a CronJob
 * that was made before all events that are kept is still the work of who made it. Safe to run twice and beside another run.
 */
export async function expireFacts(store: Store, firstKept: number): Promise<void> {
  for (let gone = factsMax; gone === factsMax;) {
    const { rowCount } = await store.pool.query(
      `delete from initiator_fact d using (
         select f.key, f.mark from initiator_fact f
         where f.time < $1 and (f.kind <> all($3::text[]) or f.time < $2
           or exists (select from initiator_fact e where e.key = f.key
             and (e.kind = 'end' or (e.kind = 'namespace' and (e.told->'tale'->>'isEnd')::boolean and e.time >= f.time)))
           or (select count(*) from (select from initiator_fact n where n.key = f.key and n.time > f.time
             limit ${lastingMax}) newer) = ${lastingMax})
         limit ${factsMax}
       ) o where d.key = o.key and d.mark = o.mark`,
      [dayStartUs(firstKept), dayStartUs(firstKept - lastingDaysMax), lasting],
    )
    gone = rowCount ?? 0
  }
}
