// Attribution of the recorded weeks, scored against what was really done.

import { corpusOf, corpusVersions } from '@plaintrail/test/corpus'
import { seededRandom } from '@plaintrail/test/random'
import { describe, expect, test } from 'vitest'
import { controllerOf } from './controllers.ts'
import { attributedEvents, FactsForTests } from './initiator-facts-for-tests.ts'
import type { AttributedEvent } from './initiator-facts.ts'
import { TruthOf } from './initiator-truth-for-tests.ts'
import type { Attribution } from './initiator.ts'
import type { JsonObject } from './json-values.ts'

/** Events whose step leaves one who can be behind them, and (`either`) those where it leaves two or more. */
interface Score {
  right: number
  wrong: number
  unknown: number
  eitherRight: number
  eitherWrong: number
  eitherUnknown: number
  certain: number
}

interface Scored {
  readonly scores: ReadonlyMap<string, Score>
  readonly misses: readonly string[]
  readonly wronglyCertain: readonly string[]
}

describe.each(corpusVersions())('in the week of Kubernetes %s', (version) => {
  const { lists, steps } = corpusOf(version)
  const posted = lists.map(attributedEvents)
  const truth = new TruthOf(steps)

  test('who is named was behind it, in 99 of 100 and more; nine of ten chains are found', () => {
    const { scores, misses, wronglyCertain } = score(posted, truth)
    console.table(Object.fromEntries(scores))
    console.log(misses.join('\n'))
    const sum = sumOf(scores)
    expect(wronglyCertain).toEqual([])
    const clear = sum('right') + sum('wrong') + sum('unknown')
    expect(clear).toBeGreaterThan(150)
    expect(sum('right') / (sum('right') + sum('wrong'))).toBeGreaterThanOrEqual(0.99)
    expect(sum('right') / clear).toBeGreaterThanOrEqual(0.9)
    const right = sum('right') + sum('eitherRight')
    const wrong = sum('wrong') + sum('eitherWrong')
    expect(right / (right + wrong)).toBeGreaterThanOrEqual(0.99)
    expect(right / (right + wrong + sum('unknown') + sum('eitherUnknown'))).toBeGreaterThanOrEqual(0.9)
  })

  test('with a tenth of the events missing nobody is named who was not behind it', () => {
    const sums = { right: 0, wrong: 0 }
    for (let seed = 1; seed <= 20; seed++) {
      const random = seededRandom(seed)
      const left = posted.map((events) => events.filter(() => random.next() >= 0.1))
      const { scores, wronglyCertain } = score(left, truth)
      const sum = sumOf(scores)
      expect.soft({ seed, wronglyCertain }).toEqual({ seed, wronglyCertain: [] })
      sums.right += sum('right') + sum('eitherRight')
      sums.wrong += sum('wrong') + sum('eitherWrong')
    }
    expect(sums.wrong).toBe(0)
    expect(sums.right).toBeGreaterThan(2_000)
  })

  test('controllers that share one username are told apart by what they do', () => {
    const user = { username: 'system:kube-controller-manager', groups: ['system:authenticated'] }
    const facts = new FactsForTests({ kubelets })
    const shared = posted.map((events) => events.map((event) => (isController(event) ? actsAs(event, user) : event)))
    const { scores, wronglyCertain } = scoreOf(posted, truth, (_, at) => facts.take(shared[at] ?? []))
    const [sum, own] = [sumOf(scores), sumOf(score(posted, truth).scores)]
    expect(wronglyCertain).toEqual([])
    expect(sum('wrong') + sum('eitherWrong')).toBe(0)
    expect(sum('right')).toBeGreaterThanOrEqual(own('right') - 3)
  })

  test.each(['Metadata', 'Request'])(
    'at level %s less is found, and nobody is named who was not behind it',
    (level) => {
      const facts = new FactsForTests({ kubelets })
      const bare = posted.map((events) => events.map((event) => without(event, level)))
      const { scores, misses } = scoreOf(posted, truth, (_, at) => facts.take(bare[at] ?? []))
      console.table(Object.fromEntries(scores))
      const sum = sumOf(scores)
      expect(misses.filter((miss) => miss.startsWith('wrong'))).toEqual([])
      expect(sum('right') + sum('eitherRight')).toBeGreaterThanOrEqual(foundAt[level] ?? 0)
    },
  )

  test('in whatever order the events of a list stand, the same is said', () => {
    const shuffled = score(
      posted.map((events) => events.toReversed()),
      truth,
    )
    const [sum, inOrder] = [sumOf(shuffled.scores), sumOf(score(posted, truth).scores)]
    expect(shuffled.wronglyCertain).toEqual([])
    expect(sum('wrong') + sum('eitherWrong')).toBe(0)
    expect(sum('right') / inOrder('right')).toBeGreaterThanOrEqual(0.95)
  })
})

function score(posted: readonly (readonly AttributedEvent[])[], truth: TruthOf): Scored {
  const facts = new FactsForTests({ kubelets })
  return scoreOf(posted, truth, (events) => facts.take(events))
}

function scoreOf(
  posted: readonly (readonly AttributedEvent[])[],
  truth: TruthOf,
  tell: (events: readonly AttributedEvent[], at: number) => readonly Attribution[],
): Scored {
  const scores = new Map<string, Score>()
  const misses: string[] = []
  const wronglyCertain: string[] = []
  for (const [list, events] of posted.entries()) {
    for (const [at, attribution] of tell(events, list).entries()) {
      const seen = events[at]
      const known = seen === undefined ? null : truth.of(seen)
      if (seen === undefined || known === null) continue
      const { kind, behind } = known
      const one = scores.get(kind) ?? { ...nothing }
      scores.set(kind, one)
      const verdict = judge(attribution, behind)
      one[behind.size === 1 ? verdict : eitherOf[verdict]] += 1
      if (attribution.confidence === 'certain') one.certain += 1
      if (verdict === 'right') continue
      const miss = `${verdict} ${kind}: ${told(seen, attribution)}, and it was ${[...behind].join(' or ')}`
      misses.push(miss)
      if (verdict === 'wrong' && attribution.confidence === 'certain') wronglyCertain.push(miss)
    }
  }
  return { scores, misses, wronglyCertain }
}

const kubelets = new Set(['lab-kubelets'])

const isController = ({ event }: AttributedEvent): boolean =>
  event.actor.type === 'service-account' && controllerOf(event.actor.name) !== null

function actsAs({ id, raw }: AttributedEvent, user: JsonObject): AttributedEvent {
  const [event] = attributedEvents(JSON.stringify({ items: [{ ...raw, user }] }))
  if (event === undefined) throw new Error('could not make the event')
  return { ...event, id }
}

/** As measured: namespaces, tokens and approvals are left; owners are only in answers. */
const foundAt: Readonly<Record<string, number>> = { Metadata: 55, Request: 56 }

function without(seen: AttributedEvent, level: string): AttributedEvent {
  const { responseObject: _answer, ...asked } = seen.raw
  const { requestObject: _request, ...bare } = asked
  const raw = { ...(level === 'Request' ? asked : bare), level }
  const [event] = attributedEvents(JSON.stringify({ items: [raw] }))
  if (event === undefined) throw new Error('could not make the event')
  return { ...event, id: seen.id }
}

const nothing: Score = {
  right: 0,
  wrong: 0,
  unknown: 0,
  eitherRight: 0,
  eitherWrong: 0,
  eitherUnknown: 0,
  certain: 0,
}
const eitherOf = { right: 'eitherRight', wrong: 'eitherWrong', unknown: 'eitherUnknown' } as const

/** To name the account that a person's token is of is no more than the event says: no chain was found. */
function judge({ initiator }: Attribution, behind: ReadonlySet<string>): 'right' | 'wrong' | 'unknown' {
  if (initiator.kind !== 'person') return 'unknown'
  return behind.has(initiator.name) ? 'right' : 'wrong'
}

function told({ event }: AttributedEvent, { initiator, considered, chain }: Attribution): string {
  const { actor, verb, object } = event
  const did = `${actor.name.split(':').at(-1)} ${verb} ${object?.resource}/${object?.name}`
  const why = chain.map((link) => link.why).join(' < ')
  return `${did}: ${initiator.name} ${considered.join('; ')} (${why})`
}

function sumOf(scores: ReadonlyMap<string, Score>): (key: keyof Score) => number {
  return (key) => [...scores.values()].reduce((total, one) => total + one[key], 0)
}
