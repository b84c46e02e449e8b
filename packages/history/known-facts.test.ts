// Facts by key against the recorded weeks: what is said with all facts known at once is what is said as events come.

import { corpusOf, corpusVersions } from '@plaintrail/test/corpus'
import { seededRandom } from '@plaintrail/test/random'
import { describe, expect, test } from 'vitest'
import { attribute } from './attribute.ts'
import { attributedEvents, FactsForTests } from './initiator-facts-for-tests.ts'
import type { AttributedEvent } from './initiator-facts.ts'
import { initiatorByItself } from './initiator-by-itself.ts'
import { TruthOf } from './initiator-truth-for-tests.ts'
import type { Attribution, ChainLink } from './initiator.ts'
import { attributeAtOnce } from './known-facts-for-tests.ts'
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
    const told = attributeAtOnce(events, options)
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

  test('with a tenth of the events missing nobody is named who was not behind it', () => {
    for (let seed = 1; seed <= 5; seed++) {
      const random = seededRandom(seed)
      const left = events.filter(() => random.next() >= 0.1)
      const told = attributeAtOnce(left, options)
      expect.soft(wrong(left, told)).toEqual([])
    }
  })

  test.each(['Metadata', 'Request'])('at level %s nobody is named who was not behind it', (level) => {
    const bare = events.map(({ id, raw }) => {
      const { responseObject: _answer, ...asked } = raw
      const { requestObject: _request, ...least } = asked
      const [event] = attributedEvents(JSON.stringify({ items: [level === 'Request' ? asked : least] }))
      if (event === undefined) throw new Error('could not make the event')
      return { ...event, id }
    })
    expect(wrong(bare, attributeAtOnce(bare, options))).toEqual([])
  })

  const wrong = (seen: readonly AttributedEvent[], told: ReadonlyMap<string, Attribution>): readonly unknown[] =>
    seen.flatMap((one) => {
      // Truth is told by whole events.
      const known = truth.of(events.find(({ id }) => id === one.id) ?? one)
      const initiator = told.get(one.id)?.initiator
      if (known === null || initiator?.kind !== 'person' || known.behind.has(initiator.name)) return []
      return [{ id: one.id, initiator, behind: [...known.behind] }]
    })

  test('what an event says by itself is what is said where nothing else is known', () => {
    for (const seen of events) {
      const alone = initiatorByItself({ ...seen.event, id: seen.id })
      const { initiator, chain } = attribute(
        seen,
        new KnownFacts(seen, { factsOf: () => [], attributionOf: () => null }),
      )
      if (alone === null) expect(initiator.kind).toBe('unknown')
      else
        expect({ initiator, chain: chain.filter(isFound) }).toEqual({ initiator: alone.initiator, chain: alone.chain })
    }
  })
})

/** With which tool is in the event, but not in what is kept of it beside its bytes. */
const isFound = ({ what }: ChainLink): boolean => what !== 'tool' && what !== 'commit'

function nameIn(attribution: Attribution | undefined): string {
  return `${attribution?.initiator.kind} ${attribution?.initiator.name}`
}
