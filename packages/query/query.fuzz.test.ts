import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { depthMax, queryBytesMax, queryLengthMax, valueLengthMax } from './bounds.ts'
import { complete } from './complete.ts'
import { explain } from './explain.ts'
import { queryText } from './normal-form.ts'
import { parseQuery } from './parse-query.ts'
import { queryOfParameters } from './query-of-parameters.ts'
import { QueryError } from './query-error.ts'
import { queryLike } from './query-for-tests.ts'
import { windowOfQuery } from './window-of-query.ts'

const numRuns = 1_000
const now = Date.parse('2026-11-20T14:00:00Z') * 1000

/** `read`, or what is said about the text. Anything but a QueryError goes through. */
function outcomeOf(text: string): string {
  try {
    const query = parseQuery(text, now)
    const normal = queryText(query)
    expect(queryText(parseQuery(normal, now))).toBe(normal)
    expect(JSON.stringify(normal).length).toBeLessThanOrEqual(queryBytesMax)
    expect(normal.isWellFormed() && !normal.includes('\0')).toBe(true)
    explain(query)
    windowOfQuery(query, { since: '1970-01-01', until: '2199-12-31' }, now)
    return 'read'
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    expect(error.hint).not.toBe('')
    expect(error.message.length).toBeLessThan(1_500)
    return error.code
  }
}

const pieces = [
  ...'()-",:*/\\%_<>=. \t\n\0',
  '..',
  'OR ',
  'AND ',
  'NOT ',
  'ns:',
  'kind:',
  'code:>=',
  'took:',
  'on:',
  'created:',
  'ip:',
  'is:',
  'obj:',
  'changed:',
  'nope:',
  '\ud800',
  '\udc00',
  '\u{202e}',
  String.raw`\u{`,
  '../',
  '$(x)',
  "'; drop table event; --",
  '9'.repeat(400),
  '2026-11-20',
  'P1D',
  '::',
  '/128',
]

test.each([
  ['100 KB of one letter', 'a'.repeat(100_000)],
  ['100 KB of everything', pieces.join('').repeat(200)],
  ['10,000 nested groups', `${'('.repeat(10_000)}a${')'.repeat(10_000)}`],
  ['as many nested groups as the length allows', `${'('.repeat(4_000)}a${')'.repeat(4_000)}`],
  ['one group more than the depth allows', `${'('.repeat(depthMax + 1)}a${')'.repeat(depthMax + 1)}`],
  ['NUL', 'ns:a\0b'],
  ['NUL in an escape', String.raw`ns:"a\u{0}b"`],
  ['an open quote as long as a query may be', `"${'\\"'.repeat(queryLengthMax / 2 - 1)}`],
  ['nothing but operators', 'OR AND NOT '.repeat(700)],
  ['nothing but commas', `ns:${','.repeat(8_000)}`],
  ['a value that is too long', `ns:${'%_'.repeat(valueLengthMax)}`],
  [
    'a normal form that is longer than its text',
    Array.from({ length: 20 }, (_, at) => at + '\u{200b}'.repeat(100)).join(' '),
  ],
  ['numbers beyond numbers', `took:${'9'.repeat(300)}d`],
  ['dates beyond dates', 'on:999999-99-99'],
])('%s is refused', (_, text) => expect(outcomeOf(text)).toBe('query_syntax'))

test.each([
  ['as many minus signs as the length allows', `${'-'.repeat(8_000)}a`],
  ['as many spaces as the length allows', `${' '.repeat(8_000)}a`],
  ['what LIKE would take for wildcards', 'name:%_ "100%" ns:_%'],
  ['lone surrogates', 'ns:\ud800 \udc00 "\ud800"'],
  ['a path out of somewhere', '../../etc/passwd name:../x'],
  ['SQL', `"'; drop table event; --" ns:"x' or '1'='1"`],
  ['many stars', `name:${'*a'.repeat(200)}`],
  ['groups as deep as they may be', `${'('.repeat(depthMax)}a${')'.repeat(depthMax)}`],
  ['alternating groups as deep as they may be', `${'-(a OR (b '.repeat(depthMax / 2)}c${'))'.repeat(depthMax / 2)}`],
])('%s is read', (_, text) => expect(outcomeOf(text)).toBe('read'))

test('no text makes anything throw but a QueryError, or a normal form that does not last', () => {
  const hostile = fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map((parts) => parts.join(''))
  const outcomes = new Set<string>()
  fc.assert(
    fc.property(
      fc.oneof(hostile, queryLike, fc.string({ unit: 'binary', maxLength: 300 })),
      fc.nat(300),
      (text, at) => {
        outcomes.add(outcomeOf(text))
        complete(text, at)
      },
    ),
    { numRuns: 3 * numRuns },
  )
  expect([...outcomes].toSorted()).toEqual(['query_syntax', 'read', 'unavailable'])
})

test('no parameters make anything throw but a QueryError', () => {
  const key = fc.constantFrom(
    'ns',
    'not.ns',
    'actor',
    'code',
    'took',
    'created',
    'ip',
    'is',
    'obj',
    'kind',
    'changed',
    '',
    'q',
    'not.',
  )
  const value = fc.array(fc.constantFrom(...pieces), { maxLength: 8 }).map((parts) => parts.join(''))
  fc.assert(
    fc.property(
      fc.dictionary(key, fc.oneof(value, fc.array(value, { maxLength: 3 })), { maxKeys: 4 }),
      (parameters) => {
        try {
          const query = queryOfParameters(parameters, now)
          expect(parseQuery(queryText(query), now)).toEqual(query)
        } catch (error) {
          expect(error).toBeInstanceOf(QueryError)
        }
      },
    ),
    { numRuns },
  )
})
