// remembered: whoever asks gets all that there is, whatever others ask for meanwhile.

import { expect, test } from 'vitest'
import type { Store } from './open-store.ts'
import { entriesMax, remembered } from './remembered.ts'

// Never asked for anything: what reads it is given here.
const store = {} as Store

const numbers = (from: number, count: number): readonly number[] => Array.from({ length: count }, (_, n) => from + n)
const textsOf = (keys: readonly number[]): readonly (readonly [number, string])[] =>
  keys.map((key) => [key, `text ${key}`])

test('an answer keeps what is forgotten while somebody still uses it', async () => {
  const ask = remembered<number, string>((_store, keys) => Promise.resolve(textsOf(keys)))
  const first = await ask(store, [1, 2])
  await ask(store, numbers(10, entriesMax))
  expect([first.get(1), first.get(2)]).toEqual(['text 1', 'text 2'])
})

test('an answer has what was known, though it is forgotten while the rest is read', async () => {
  const waiting: (() => void)[] = []
  const ask = remembered<number, string>(async (_store, keys) => {
    if (keys.includes(2)) await new Promise<void>((resolve) => waiting.push(resolve))
    return textsOf(keys)
  })
  await ask(store, [1])
  const answer = ask(store, [1, 2])
  await ask(store, numbers(10, entriesMax))
  for (const resolve of waiting) resolve()
  expect([(await answer).get(1), (await answer).get(2)]).toEqual(['text 1', 'text 2'])
})

test('what is known is not read again, and what is not there is asked for again', async () => {
  const reads: (readonly number[])[] = []
  const ask = remembered<number, string>((_store, keys) => {
    reads.push(keys)
    return Promise.resolve(textsOf(keys.filter((key) => key < 100)))
  })
  await ask(store, [1, 100])
  expect([...(await ask(store, [1, 2, 2, 100]))]).toEqual([
    [1, 'text 1'],
    [2, 'text 2'],
  ])
  expect(reads).toEqual([
    [1, 100],
    [2, 100],
  ])
})
