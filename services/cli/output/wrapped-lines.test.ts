import { expect, test } from 'vitest'
import { wrappedLines } from './wrapped-lines.ts'

test('prose is broken between words, and a word never', () => {
  expect(wrappedLines('a shell can do anything', 10)).toEqual(['a shell', 'can do', 'anything'])
  expect(wrappedLines('a-very-long-word and more', 8)).toEqual(['a-very-long-word', 'and more'])
  expect(wrappedLines('日本 日本', 4)).toEqual(['日本', '日本'])
  expect(wrappedLines('', 10)).toEqual([''])
  expect(wrappedLines('as it is in a pipe', null)).toEqual(['as it is in a pipe'])
})
