// attributeAtOnce: what is said of events where all facts of all of them are known from the beginning.

import { attribute, type AttributionOptions } from './attribute.ts'
import { factsOfEvent } from './facts-of-event.ts'
import type { AttributedEvent } from './initiator-facts.ts'
import type { Attribution } from './initiator.ts'
import { KnownFacts } from './known-facts.ts'

/** By the time of their ends, again and again until nothing changes any more. */
const roundsMax = 17

export function attributeAtOnce(
  events: readonly AttributedEvent[],
  options: AttributionOptions = {},
): ReadonlyMap<string, Attribution> {
  const byKey = Map.groupBy(
    events.flatMap((seen) => [...factsOfEvent(seen)]),
    ({ key }) => key,
  )
  const told = new Map<string, Attribution>()
  const known = {
    factsOf: (key: string) => byKey.get(key) ?? [],
    attributionOf: (event: string) => told.get(event) ?? null,
  }
  const ordered = events.toSorted((one, other) => (one.event.stageTime ?? 0) - (other.event.stageTime ?? 0))
  for (let round = 0, before = ''; round < roundsMax; round++) {
    for (const seen of ordered) told.set(seen.id, attribute(seen, new KnownFacts(seen, known), options))
    const now = JSON.stringify([...told])
    if (now === before) break
    before = now
  }
  return told
}
