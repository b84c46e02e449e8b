import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { displayWidth, terminalJson, terminalText, truncated } from './terminal-text.ts'

/** Written by number, so that an editor shows this file as it is. */
const character = (...codes: readonly number[]): string => String.fromCodePoint(...codes)
const unsafe = [0x00, 0x07, 0x08, 0x0a, 0x0d, 0x1b, 0x7f, 0x9b, 0x200b, 0x200f, 0x2028, 0x202e, 0x2066, 0xfeff, 0xe0041]

describe('text from an event', () => {
  test.each(unsafe)('shows character %i and does not obey it', (code) => {
    const text = terminalText(`a${character(code)}b`)
    expect(text).toMatch(/^a\\[\w{}]+b$/)
  })

  test('cannot colour, move the cursor or turn the reading direction', () => {
    expect(terminalText(`${character(0x1b)}[2J${character(0x202e)}evil`)).toBe(String.raw`\x1b[2J\u202eevil`)
  })

  test('stays as it is in every script', () => {
    for (const text of ['alice@acme.io', String.raw`CORP\alice`, '李雷', 'Jürgen', 'שלום', '🚀'])
      expect(terminalText(text)).toBe(text)
  })
})

test('JSON with unsafe characters keeps its value and loses its danger', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constantFrom(...unsafe.map((code) => character(code))), fc.string())), (parts) => {
      const json = JSON.stringify({ text: parts.join('') })
      expect(terminalText(terminalJson(json))).toBe(terminalJson(json))
      expect(JSON.parse(terminalJson(json))).toEqual(JSON.parse(json))
    }),
  )
})

describe('the width of a text', () => {
  test('is two columns for East Asian characters and emoji, and none for combining marks', () => {
    expect(['ab', '李雷', '한글', 'ｆ', '🚀', `e${character(0x301)}`, ''].map(displayWidth)).toEqual([
      2, 4, 4, 2, 2, 1, 0,
    ])
  })

  test('is never over the limit once cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 20 }), (text, width) => {
        expect(displayWidth(truncated(terminalText(text), width))).toBeLessThanOrEqual(width)
      }),
    )
    expect([truncated('李雷雷', 4), truncated('abc', 3), truncated('abcd', 3)]).toEqual(['李…', 'abc', 'ab…'])
  })
})
