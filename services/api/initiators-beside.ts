// initiatorsBeside: who is behind events, as answers say it.

import type { StoredEvent } from '@plaintrail/event/event'
import type { Attribution } from '@plaintrail/history/initiator'
import type { Scope } from '@plaintrail/query/scope'
import { initiatorsOf } from '@plaintrail/store/initiators-of'
import type { Store } from '@plaintrail/store/open-store'
import type { AnsweredInitiator } from './schemas/initiator-schemas.ts'

/** By the event's id; null where that was not looked for yet. */
export async function initiatorsBeside(
  store: Store,
  scope: Scope,
  events: readonly StoredEvent[],
): Promise<ReadonlyMap<string, AnsweredInitiator | null>> {
  const found = await initiatorsOf(store, scope, events)
  return new Map([...found].map(([id, attribution]) => [id, initiatorAnswer(attribution)]))
}

export async function initiatorBeside(
  store: Store,
  scope: Scope,
  event: StoredEvent,
): Promise<AnsweredInitiator | null> {
  return (await initiatorsBeside(store, scope, [event])).get(event.id) ?? null
}

export function initiatorAnswer(attribution: Attribution | null): AnsweredInitiator | null {
  if (attribution === null) return null
  const { initiator, confidence, chain, considered } = attribution
  return { ...initiator, confidence, chain, considered }
}
