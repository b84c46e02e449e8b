import { expect, test } from 'vitest'
import { nearestWord } from './nearest-word.ts'

const words = ['cluster', 'actor', 'since', 'ns']

test('a word with a typing error is recognised', () => {
  expect(['clutser', 'actr', 'sicne', 'Actor', 'n'].map((word) => nearestWord(word, words))).toEqual([
    'cluster',
    'actor',
    'since',
    'actor',
    'ns',
  ])
})

test('a word that is like none is not guessed', () => {
  expect(['potato', 'xx', 'x'.repeat(10_000)].map((word) => nearestWord(word, words))).toEqual([null, null, null])
})
