import { expect, test } from 'vitest'
import { caretLines } from './caret.ts'
import { displayWidth } from './terminal-text.ts'

test('the carets stand under what is at fault', () => {
  expect(caretLines('actor:alice namspace:prod', { start: 12, end: 20 })).toEqual([
    'actor:alice namspace:prod',
    '            ^^^^^^^^',
  ])
})

test('wide characters and escapes count as what they take on a terminal', () => {
  const text = `鳥\u202e x:1`
  const [shown, carets] = caretLines(text, { start: 3, end: 4 })
  expect(shown).toBe(String.raw`鳥\u202e x:1`)
  expect(carets).toBe(`${' '.repeat(displayWidth(String.raw`鳥\u202e `))}^`)
})

test('a fault at or past the end has a caret, too', () => {
  expect(caretLines('ns:', { start: 3, end: 3 })).toEqual(['ns:', '   ^'])
  expect(caretLines('ns:', { start: 90, end: 99 })).toEqual(['ns:', '   ^'])
})

test('of a long text only what is near is shown', () => {
  const text = `${'a '.repeat(2_000)}namspace:x ${'b '.repeat(2_000)}`
  const [shown = '', carets = ''] = caretLines(text, { start: 4_000, end: 4_008 })
  expect(shown.length).toBeLessThan(200)
  expect(shown.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1)).toBe('namspace')
})
