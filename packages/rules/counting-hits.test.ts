import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { countingHits, type Hit } from './counting-hits.ts'
import type { Condition, Step } from './rule.ts'

const second = 1_000_000
const step = {} as Step
const hit = (timeUs: number, more: Partial<Hit> = {}): Hit => ({
  timeUs,
  request: `r${timeUs}`,
  step: 0,
  value: null,
  ...more,
})
const times = (condition: Condition, hits: readonly Hit[]): readonly number[] =>
  countingHits(condition, hits).map(({ timeUs }) => timeUs)

describe('by hand', () => {
  test('so many within a window count, all of them, and no others', () => {
    const condition: Condition = { kind: 'count', atLeast: 3, withinUs: 10 }
    expect(
      times(
        condition,
        [0, 5, 10, 21, 30, 31, 100].map((time) => hit(time)),
      ),
    ).toEqual([0, 5, 10, 21, 30, 31])
    expect(
      times(
        condition,
        [0, 5, 11].map((time) => hit(time)),
      ),
    ).toEqual([])
    // Two stages, or a batch that was read twice, are one request.
    expect(times(condition, [hit(0), hit(0), hit(5), hit(5)])).toEqual([])
  })

  test('different values are counted, and what has none is not', () => {
    const condition: Condition = { kind: 'distinct', of: 'object.name', atLeast: 2, withinUs: 10 }
    const hits = [
      hit(0, { value: 'a' }),
      hit(1, { value: 'a' }),
      hit(2),
      hit(9, { value: 'b' }),
      hit(30, { value: 'c' }),
    ]
    expect(times(condition, hits)).toEqual([0, 1, 9])
  })

  test('a sequence is in order, strictly later, and short enough', () => {
    const condition: Condition = { kind: 'sequence', steps: [step, step], withinUs: 10 }
    const [a, b, c] = [0, 1, 2].map(
      (own) => (timeUs: number) => hit(timeUs, { step: own, request: `${own}/${timeUs}` }),
    )
    if (a === undefined || b === undefined || c === undefined) throw new Error('three steps')
    expect(times(condition, [a(0), b(3), c(10)])).toEqual([0, 3, 10])
    expect(times(condition, [a(0), b(3), c(11)])).toEqual([])
    expect(times(condition, [b(0), a(3), c(9)])).toEqual([])
    expect(times(condition, [a(0), b(0), c(9)])).toEqual([])
    expect(times(condition, [a(0), a(5), b(6), b(7), c(12)])).toEqual([5, 6, 7, 12])
  })

  test('what is together is so in any order, at the same time too, and short enough', () => {
    const condition: Condition = { kind: 'together', steps: [step, step], withinUs: 10 }
    const of = (own: number, timeUs: number): Hit => hit(timeUs, { step: own, request: `${timeUs}` })
    expect(times(condition, [of(2, 0), of(0, 3), of(1, 10)])).toEqual([0, 3, 10])
    expect(times(condition, [of(2, 0), of(0, 3), of(1, 11)])).toEqual([])
    expect(times(condition, [of(0, 5), of(1, 5), of(2, 5)])).toEqual([5, 5, 5])
    expect(times(condition, [of(0, 0), of(0, 1), of(1, 2)])).toEqual([])
  })

  test('an absence is what nothing followed in time', () => {
    const condition: Condition = { kind: 'absence', without: step, withinUs: 10 }
    const end = (timeUs: number): Hit => hit(timeUs, { step: 1, request: `end${timeUs}` })
    expect(times(condition, [hit(0), end(10), hit(20), end(31), hit(40), end(40)])).toEqual([20, 40])
  })

  test('what was seen within the time before is not new, whether it counted or not', () => {
    const condition: Condition = { kind: 'first-seen', of: ['client'], withinUs: 10 }
    const of = (timeUs: number, value: string): Hit => hit(timeUs, { value, request: `${value}${timeUs}` })
    expect(times(condition, [of(0, 'a'), of(9, 'a'), of(18, 'a'), of(28, 'a'), of(30, 'b')])).toEqual([0, 28, 30])
    expect(times(condition, [of(0, 'a'), hit(0, { value: 'a', request: 'z' }), of(5, 'a')])).toEqual([0, 0])
  })
})

const anyCondition: fc.Arbitrary<Condition> = fc.oneof(
  fc.constant({ kind: 'each' } as const),
  fc.record({ kind: fc.constant('count' as const), atLeast: fc.integer({ min: 1, max: 5 }), withinUs: fc.nat(20) }),
  fc.record({
    kind: fc.constant('distinct' as const),
    of: fc.constant('client' as const),
    atLeast: fc.integer({ min: 1, max: 4 }),
    withinUs: fc.nat(20),
  }),
  fc.record({
    kind: fc.constant('sequence' as const),
    steps: fc.integer({ min: 1, max: 3 }).map((count) => Array.from({ length: count }, () => step)),
    withinUs: fc.nat(20),
  }),
  fc.record({
    kind: fc.constant('together' as const),
    steps: fc.integer({ min: 1, max: 3 }).map((count) => Array.from({ length: count }, () => step)),
    withinUs: fc.nat(20),
  }),
  fc.record({ kind: fc.constant('absence' as const), without: fc.constant(step), withinUs: fc.nat(20) }),
  fc.record({ kind: fc.constant('first-seen' as const), of: fc.constant(['client'] as const), withinUs: fc.nat(20) }),
)
/** What is equal in the first two is equal in the third, as of real requests. */
const anyHits = fc.array(fc.tuple(fc.nat(40), fc.nat(3), fc.nat(3)), { maxLength: 25 }).map((all) =>
  all.map(([timeUs, name, own]): Hit => {
    const value = (timeUs + name) % 4 === 0 ? null : String((timeUs * 7 + name) % 3)
    return { timeUs, request: `${timeUs}/${name}`, step: own, value }
  }),
)

test('it is what the slow way finds, in any order and however often', () => {
  fc.assert(
    fc.property(
      anyCondition,
      anyHits,
      fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
      (condition, hits, random) => {
        const found = countingHits(condition, hits)
        expect(found).toEqual(slowly(condition, hits))
        const repeated = [...hits, ...hits.filter((_, at) => at % 2 === 0)]
        const shuffled = repeated.map((one) => ({ one, at: random.next().value })).toSorted((a, b) => a.at - b.at)
        expect(
          countingHits(
            condition,
            shuffled.map(({ one }) => one),
          ),
        ).toEqual(found)
      },
    ),
    { numRuns: 3_000 },
  )
}, 60_000)

test('200,000 hits of one group take a second, not hours', () => {
  const many = Array.from({ length: 200_000 }, (_, at) =>
    hit(at * second, { step: at % 3, request: `r${at}`, value: String(at % 7) }),
  )
  for (const condition of [
    { kind: 'count', atLeast: 100, withinUs: 1_000_000 * second },
    { kind: 'distinct', of: 'client', atLeast: 7, withinUs: 1_000_000 * second },
    { kind: 'sequence', steps: [step, step], withinUs: 1_000_000 * second },
    { kind: 'together', steps: [step, step], withinUs: 1_000_000 * second },
    { kind: 'absence', without: step, withinUs: second / 2 },
    { kind: 'first-seen', of: ['client'], withinUs: 5 * second },
  ] satisfies readonly Condition[]) {
    expect(countingHits(condition, many).length).toBeGreaterThan(10)
  }
}, 60_000)

/** Every window, every chain, as they are defined. */
function slowly(condition: Condition, hits: readonly Hit[]): readonly Hit[] {
  const sorted = hits
    .filter((one, at) => hits.findIndex((other) => other.request === one.request && other.step === one.step) === at)
    .toSorted(
      (a, b) => a.timeUs - b.timeUs || (a.request < b.request ? -1 : a.request > b.request ? 1 : a.step - b.step),
    )
  const own = sorted.filter(({ step: at }) => at === 0)
  switch (condition.kind) {
    case 'each':
      return own
    case 'count':
      return own.filter((one) =>
        windowsWith(one, own, condition.withinUs).some((all) => all.length >= condition.atLeast),
      )
    case 'distinct': {
      const valued = own.filter(({ value }) => value !== null)
      return valued.filter((one) =>
        windowsWith(one, valued, condition.withinUs).some(
          (all) => new Set(all.map(({ value }) => value)).size >= condition.atLeast,
        ),
      )
    }
    case 'sequence': {
      const chains = chainsOf(sorted, condition.steps.length + 1).filter(
        (chain) => (chain.at(-1)?.timeUs ?? 0) - (chain[0]?.timeUs ?? 0) <= condition.withinUs,
      )
      return sorted.filter((one) => chains.some((chain) => chain.includes(one)))
    }
    case 'together':
      return sorted.filter((one) =>
        windowsWith(one, sorted, condition.withinUs).some(
          (all) => new Set(all.map(({ step: at }) => at)).size > condition.steps.length,
        ),
      )
    case 'absence':
      return own.filter(
        ({ timeUs }) =>
          !sorted.some(
            (other) => other.step !== 0 && other.timeUs > timeUs && other.timeUs - timeUs <= condition.withinUs,
          ),
      )
    case 'first-seen':
      return own.filter(
        ({ timeUs, value }) =>
          value !== null &&
          !own.some(
            (other) => other.value === value && other.timeUs < timeUs && other.timeUs > timeUs - condition.withinUs,
          ),
      )
    default:
      return condition satisfies never
  }
}

function windowsWith(one: Hit, hits: readonly Hit[], withinUs: number): readonly (readonly Hit[])[] {
  return Array.from({ length: 45 }, (_, start) =>
    hits.filter(({ timeUs }) => timeUs >= start && timeUs <= start + withinUs),
  ).filter((all) => all.includes(one))
}

function chainsOf(hits: readonly Hit[], steps: number): readonly (readonly Hit[])[] {
  let chains: readonly (readonly Hit[])[] = [[]]
  for (let at = 0; at < steps; at += 1) {
    chains = chains.flatMap((chain) =>
      hits.filter((one) => one.step === at && one.timeUs > (chain.at(-1)?.timeUs ?? -1)).map((one) => [...chain, one]),
    )
  }
  return chains
}
