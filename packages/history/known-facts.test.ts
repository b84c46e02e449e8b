// Facts by key against the recorded weeks: what is said with all facts known at once is what is said as events come.

import { corpusOf, corpusVersions } from '@plaintrail/test/corpus'
import { describe, expect, test } from 'vitest'
import { attribute } from './attribute.ts'
import type { Fact } from './fact.ts'
import { factsOfEvent } from './facts-of-event.ts'
import { attributedEvents, FactsForTests } from './initiator-facts-for-tests.ts'
import type { AttributedEvent } from './initiator-facts.ts'
import { initiatorByItself } from './initiator-by-itself.ts'
import { TruthOf } from './initiator-truth-for-tests.ts'
import type { Attribution } from './initiator.ts'
import { KnownFacts } from './known-facts.ts'

const options = { kubelets: new Set(['lab-kubelets']) }

describe.each(corpusVersions())('in the week of Kubernetes %s', (version) => {
  const { lists, steps } = corpusOf(version)
  const posted = lists.map(attributedEvents)
  const events = posted.flat()
  const truth = new TruthOf(steps)

  test('facts by key name whom the events name as they come, and nobody wrongly', () => {
    const inMemory = new FactsForTests(options)
    const expected = new Map(
      posted.flatMap((list) => inMemory.take(list).map((one, at) => [list[at]?.id, one] as const)),
    )
    const told = attributeAll(events)
    const others = events.filter(({ id }) => nameIn(told.get(id)) !== nameIn(expected.get(id)))
    const scored = events.flatMap((seen) => {
      const known = truth.of(seen)
      const { initiator } = told.get(seen.id) ?? { initiator: { kind: 'unknown', name: '' } }
      return known === null ? [] : [{ isNamed: initiator.kind === 'person', isRight: known.behind.has(initiator.name) }]
    })
    expect(scored.filter(({ isNamed, isRight }) => isNamed && !isRight)).toEqual([])
    expect(scored.filter(({ isRight }) => isRight).length / scored.length).toBeGreaterThan(0.94)
    expect(others.length / scored.length).toBeLessThan(0.01)
  })

  test('what an event says by itself is what is said where nothing else is known', () => {
    for (const seen of events) {
      const alone = initiatorByItself({ ...seen.event, id: seen.id })
      const { initiator, chain } = attribute(
        seen,
        new KnownFacts(seen, { factsOf: () => [], attributionOf: () => null }),
      )
      if (alone === null) expect(initiator.kind).toBe('unknown')
      else expect({ initiator, chain }).toEqual({ initiator: alone.initiator, chain: alone.chain })
    }
  })
})

/** By the time of their ends, until nothing more changes. */
function attributeAll(events: readonly AttributedEvent[]): ReadonlyMap<string, Attribution> {
  const byKey = Map.groupBy(
    events.flatMap((seen): readonly Fact[] => factsOfEvent(seen)),
    ({ key }) => key,
  )
  const told = new Map<string, Attribution>()
  const known = {
    factsOf: (key: string) => byKey.get(key) ?? [],
    attributionOf: (event: string) => told.get(event) ?? null,
  }
  const ordered = events.toSorted((one, other) => (one.event.stageTime ?? 0) - (other.event.stageTime ?? 0))
  for (let round = 0; round < 3; round++) {
    for (const seen of ordered) told.set(seen.id, attribute(seen, new KnownFacts(seen, known), options))
  }
  return told
}

function nameIn(attribution: Attribution | undefined): string {
  return `${attribution?.initiator.kind} ${attribution?.initiator.name}`
}
