import { expect, test } from 'vitest'
import { ChainForTests, observationOf } from './chain-for-tests.ts'
import { lifetimesOf, type Chain } from './lifetimes.ts'
import type { Observation } from './observation.ts'

function chainOf(uid: string, ...told: readonly Partial<Observation>[]): Chain {
  const chain = new ChainForTests()
  for (const [at, part] of told.entries()) {
    chain.take({ uid, event: `${uid}.${at}`, observation: observationOf({ uid, object: {}, ...part }) })
  }
  const [first] = chain.placed
  const last = chain.placed.at(-1)
  if (first === undefined || last === undefined) throw new Error('the chain is empty')
  return { uid, first, last }
}

test('objects of one name stand in the order of their versions, each with how it ended', () => {
  const ended = chainOf('a', { resourceVersion: 5, isCreate: true }, { observed: 'deleted', object: null })
  const lost = chainOf('b', { resourceVersion: 40, isCreate: true, earliest: 1 })
  const there = chainOf('c', { resourceVersion: 300, isCreate: true })
  const lifetimes = lifetimesOf([there, lost, ended])
  expect(lifetimes.map(({ uid, end, next }) => [uid, end, next?.uid])).toEqual([
    ['a', 'seen', 'b'],
    ['b', 'unseen', 'c'],
    ['c', 'open', undefined],
  ])
})

test('one of which only the end was seen stands by its time', () => {
  const end = chainOf('a', { observed: 'deleted', object: null, earliest: 10 })
  const there = chainOf('b', { resourceVersion: 3, earliest: 20 })
  expect(lifetimesOf([there, end]).map(({ uid }) => uid)).toEqual(['a', 'b'])
})
