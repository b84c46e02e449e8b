import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { plainText, plainWord, quotedText } from './plain-text.ts'

/** Any UTF-16 unit, NUL and half of a pair among them. */
const unit = fc.nat(0xffff).map((code) => String.fromCharCode(code))

describe('plainWord', () => {
  test.each(['alice@acme.io', 'prod/web-1', 'system:admin', 'müller', '田中', 'sha256~7ok', 'oidc:bob+x'])(
    '%s needs no quotes',
    (name) => {
      expect(plainWord(name, 80)).toBe(name)
    },
  )

  test.each([
    ['alice (kubectl)', '"alice (kubectl)"'],
    ['bob, acting as system:admin', '"bob, acting as system:admin"'],
    ['say "hi"', String.raw`"say \"hi\""`],
    [String.raw`a\u{202e}`, String.raw`"a\\u{202e}"`],
  ])('%s is quoted, so it cannot pass for words of the sentence', (name, shown) => {
    expect(plainWord(name, 80)).toBe(shown)
  })

  test('shows control characters, ANSI escapes and bidi marks instead of obeying them', () => {
    expect(plainWord('\u{1b}[31mred', 80)).toBe(String.raw`"\u{1b}[31mred"`)
    expect(plainWord('a\u{202e}b', 80)).toBe(String.raw`"a\u{202e}b"`)
    expect(plainWord('a\u{9b}b\u{200b}c\u{2066}', 80)).toBe(String.raw`"a\u{9b}b\u{200b}c\u{2066}"`)
  })

  test('is cut to its bound', () => {
    expect(plainWord('x'.repeat(100), 80)).toBe(`${'x'.repeat(79)}…`)
  })
})

test('quotedText escapes quotes and backslashes', () => {
  expect(quotedText(String.raw`sh -c "echo \n"`, 80)).toBe(String.raw`"sh -c \"echo \\n\""`)
})

test('plainText keeps one line', () => {
  expect(plainText('one\n  two\tthree', 80)).toBe('one two three')
})

test('nothing unseen is left, whatever comes in', () => {
  const unseen = /[\p{Cc}\p{Cs}\u{202a}-\u{202e}\u{2066}-\u{2069}\u{200e}\u{200f}]/u
  fc.assert(
    fc.property(fc.string({ unit }), (text) => {
      for (const shown of [plainWord(text, 80), quotedText(text, 80), plainText(text, 80)]) {
        expect(unseen.test(shown)).toBe(false)
        expect(shown.isWellFormed()).toBe(true)
      }
    }),
  )
})
