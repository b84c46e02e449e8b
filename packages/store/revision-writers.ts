// revisionWriters: who asked for the revisions that some events told, and with what: a look-up for all of them.

import { actorTypes, type ActorType, type Level } from '@plaintrail/event/event'
import { parseEventId } from '@plaintrail/event/identity'
import type { Attribution } from '@plaintrail/history/initiator'
import { everything } from '@plaintrail/query/scope'
import { sql } from 'drizzle-orm'
import { levelCode } from './event-codes.ts'
import { recordColumns, type EventRecord } from './find-records.ts'
import { initiatorsOf } from './initiators-of.ts'
import type { Store } from './open-store.ts'
import { readDimensions, type Texts } from './read-dimensions.ts'
import { arrayOf, readRows } from './read-rows.ts'
import { storedEvents } from './stored-events.ts'
import { eventIdOf } from './told-revision.ts'

export interface RevisionWriter {
  /** The authenticated caller, and whom it acted as. */
  readonly actor: { readonly name: string; readonly type: ActorType; readonly as: string | null }
  /** The program that the user agent claims to be: `kubectl 1.33.3`; null where there is none. */
  readonly client: string | null
  readonly verb: string
  readonly level: Level
  /** Who is behind it; null where that was not looked for yet. */
  readonly initiator: Attribution | null
}

/** By event id; without those that are past retention. Whoever asks has seen that these events are to be seen. */
export async function revisionWriters(
  store: Store,
  events: readonly string[],
): Promise<ReadonlyMap<string, RevisionWriter>> {
  const asked = [...new Set(events)].flatMap((id) => parseEventId(id) ?? [])
  if (asked.length === 0) return new Map()
  const times = asked.map(({ timeUs }) => timeUs)
  // The comparisons with the bounds say which partitions are read.
  const records = await readRows<EventRecord & Record<string, unknown>>(
    store,
    sql`select ${recordColumns}
        from unnest(${arrayOf('int8', times)}, ${arrayOf(
          'uuid',
          asked.map(({ key }) => key.toString('hex')),
        )}) as i (time, key)
          join event e on e.time = i.time and e.key = i.key
        where e.time >= ${Math.min(...times)}::int8 and e.time <= ${Math.max(...times)}::int8`,
  )
  const texts = await readDimensions(store, records)
  const told = await storedEvents(
    store,
    records.map((record) => ({ record, stages: [], conflict: false })),
  )
  const initiators = await initiatorsOf(store, everything, told)
  return new Map(
    records.map((record) => {
      const id = eventIdOf(record)
      return [id, { ...writerOf(record, texts), initiator: initiators.get(id) ?? null }]
    }),
  )
}

function writerOf(record: EventRecord, texts: Texts): Omit<RevisionWriter, 'initiator'> {
  const [name = '', type = ''] = texts('actor', record.actorId)
  const [as = null] = texts('actor', record.impersonatedId)
  const [, client = '', version = ''] = texts('client', record.clientId)
  const [verb = ''] = texts('verb', record.verbId)
  return {
    actor: { name, type: actorTypes.find((known) => known === type) ?? 'human', as },
    client: client === '' ? null : `${client} ${version}`.trim(),
    verb,
    level: levelCode.word(record.level),
  }
}
