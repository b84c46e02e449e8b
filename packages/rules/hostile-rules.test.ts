import { performance } from 'node:perf_hooks'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { fileBytesMax, parseRules } from './parse-rules.ts'
import { errorsMax } from './rule-error.ts'
import { ruleFile } from './rules-for-tests.ts'

const big = fileBytesMax - 100
const filled = (text: string): string => text.repeat(Math.floor(big / text.length))
const head = 'apiVersion: plaintrail.dev/v1\nkind: Rule\nmetadata: {name: a}\n'

const hostile: Readonly<Record<string, string>> = {
  'lists in lists': filled('['),
  'maps in maps': filled('{a: '),
  'lists in lists, by lines': filled('- '),
  'a deep block': Array.from({ length: 1_000 }, (_, level) => `${' '.repeat(level)}a:`).join('\n'),
  'many keys': `{${Array.from({ length: 80_000 }, (_, index) => `k${index}: 1`).join(', ')}}`,
  'one key very often': `{${filled('k: 1, ')}}`,
  'many items': `[${filled('1,')}]`,
  'many small items that are kept': `${head}spec: {params: {a: [${'1,'.repeat(99_000)}]}}`,
  'aliases of aliases': `a0: &a0 [x]\n${Array.from({ length: 40 }, (_, at) => `a${at + 1}: &a${at + 1} [*a${at}, *a${at}]`).join('\n')}`,
  'aliases of aliases in params': `${head}spec:\n  params:\n    a0: &a0 [x]\n${Array.from({ length: 40 }, (_, at) => `    a${at + 1}: &a${at + 1} [*a${at}, *a${at}]`).join('\n')}`,
  'a chain of aliases': Array.from(
    { length: 200 },
    (_, at) => `a${at}: &a${at} [${at === 0 ? '' : `*a${at - 1}`}]`,
  ).join('\n'),
  'an alias to itself': 'a: &a [*a]',
  'many documents': filled('---\na: 1\n'),
  'many rules': Array.from({ length: 600 }, (_, index) => ruleFile({ match: 'is:write' }, `r${index}`)).join('\n---\n'),
  'one long word': filled('a'),
  'a quote that does not end': `"${filled('a\n')}`,
  'many line ends': filled('\n'),
  'many comments': filled('#\n'),
  'many colons': filled(': '),
  'many questions': filled('? '),
  'a long block': `a: |\n${filled(' x\n')}`,
  'many directives': filled('%YAML 1.2\n'),
  'many tags': filled('!a '),
  'many anchors': filled('&a '),
  NUL: filled('\0'),
  'halves of characters': filled('\ud800'),
  'a long query': ruleFile({ match: '('.repeat(8_000) }),
  'many terms': ruleFile({ match: 'ns:a* '.repeat(1_300) }),
  'a long expression': ruleFile({ match: 'is:write', where: '('.repeat(60_000) }),
  'many operators': ruleFile({ match: 'is:write', where: `true${' && true'.repeat(8_000)}` }),
  'many patterns': ruleFile({ match: 'is:write', where: `"a".matches("(${'a{1,999}'.repeat(400)})")` }),
  'braces without end': ruleFile({ match: 'is:write', remediation: '{{'.repeat(3_900) }),
  'too large': filled('a: b\n') + 'x'.repeat(200),
}

test.each(Object.keys(hostile))(
  '%s end soon, with errors that have places',
  (name) => {
    const text = hostile[name] ?? ''
    const began = performance.now()
    const { errors } = parseRules(text)
    // 1.5 s where it takes longest, on a machine that does nothing else.
    expect(performance.now() - began).toBeLessThan(30_000)
    expect(errors.length).toBeLessThanOrEqual(errorsMax)
    const lines = text.split('\n')
    for (const { line, column, message } of errors) {
      expect(message.length).toBeLessThan(1_000)
      expect(line).toBeLessThanOrEqual(lines.length)
      expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1)
    }
  },
  120_000,
)

test('every bound is told by its number', () => {
  const told = (name: string): string =>
    parseRules(hostile[name] ?? '')
      .errors.map(({ message }) => message)
      .join('\n')
  expect(told('too large')).toContain('larger than 1048576 bytes')
  expect(told('a deep block')).toContain('nested more than 64 deep')
  expect(told('many documents')).toMatch(/more than (1000 documents|300000 words)/)
  expect(told('many rules')).toContain('more than 500 rules')
  expect(told('aliases of aliases')).toContain('more than 100000 values, aliases resolved')
  expect(told('a chain of aliases')).toContain('nested more than 64 deep')
  expect(told('many items')).toContain('more than 300000 words and signs')
}, 120_000)

const pieces = [
  '{',
  '}',
  '[',
  ']',
  ':',
  ',',
  '- ',
  '|',
  '>',
  '"',
  "'",
  '#',
  '&a',
  '*a',
  '!t',
  '%',
  '---\n',
  '...\n',
  '\n',
  '  ',
  '\t',
  '\r\n',
  '\u{feff}',
  '\0',
  '\ud800',
  '😀',
  'null',
  '~',
  '1e999',
  '.nan',
  '0x10',
  '{{actor}}',
  '__proto__',
  'constructor',
  'name: b',
  'severity: high',
  'match: is:read',
  'where: "a"',
  'tests:',
  'spec:',
  'condition: {}',
  'event: {}',
  '<<: *a',
]

/** Files that were right, with pieces put in and taken out. */
const mangled = fc
  .tuple(
    fc.array(fc.tuple(fc.nat(2_000), fc.nat(12), fc.constantFrom(...pieces)), { maxLength: 6 }),
    fc.constantFrom('match: is:write', 'match: "is:write"', 'match: >-\n    is:write\n    ns:a'),
  )
  .map(([edits, match]) => {
    const right = `${head}spec:\n  title: T\n  severity: low\n  ${match}\n  where: |\n    event.verb == "get"\n      && object.spec.a[0] > 3\n  params: &a {a: [1, 2]}\ntests:\n  - event: {verb: get}\n    expect: {findings: 1}\n`
    return edits.reduce((text, [at, cut, piece]) => {
      const place = at % (text.length + 1)
      return text.slice(0, place) + piece + text.slice(place + cut)
    }, right)
  })

test('whatever stands in a file, nothing is thrown, errors have places, and it is read the same again', () => {
  fc.assert(
    fc.property(mangled, (text) => {
      const parsed = parseRules(text)
      const lines = text.split('\n').length
      for (const { line, column } of parsed.errors) {
        expect(line).toBeGreaterThanOrEqual(1)
        expect(line).toBeLessThanOrEqual(lines)
        expect(column).toBeGreaterThanOrEqual(1)
      }
      expect(parseRules(text)).toEqual(parsed)
      for (const rule of parsed.rules) expect(parseRules(rule.text).rules[0]?.hash).toBe(rule.hash)
    }),
    { seed: 7, numRuns: 600 },
  )
}, 120_000)

test('what is wrong in one document changes nothing in the others', () => {
  const right = ruleFile({ match: 'is:write' }, 'right')
  const { hash } = parseRules(right).rules[0] ?? {}
  fc.assert(
    fc.property(mangled, (text) => {
      // A text or a flow that does not end takes what follows into itself; what stands before it stays.
      const { rules } = parseRules(`${right}\n---\n${text}`)
      expect(rules.find(({ rule }) => rule.name === 'right')?.hash).toBe(hash)
    }),
    { seed: 8, numRuns: 200 },
  )
}, 120_000)
