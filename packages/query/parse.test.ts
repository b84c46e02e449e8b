import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { depthMax, queryLengthMax, termsMax, valueLengthMax, valuesMax } from './bounds.ts'
import { parse, type Syntax } from './parse.ts'
import { QueryError } from './query-error.ts'
import { queryLike, queryText } from './query-for-tests.ts'

const faultOf = (text: string): QueryError => {
  try {
    parse(text)
  } catch (error) {
    if (error instanceof QueryError) return error
    throw error
  }
  throw new Error(`the text was parsed: ${text.slice(0, 100)}`)
}

/** What was read as a word tells where it stood: `[0,2) ns`. */
function told(syntax: Syntax, text: string): string {
  const at = text.slice(syntax.start, syntax.end)
  switch (syntax.kind) {
    case 'and':
    case 'or':
      return `${syntax.kind}«${at}»[${syntax.parts.map((part) => told(part, text)).join(', ')}]`
    case 'not':
      return `not«${at}»[${told(syntax.part, text)}]`
    case 'text':
      return `«${at}»`
    case 'qualifier':
      return `${syntax.key.text}«${syntax.values.map(({ start, end }) => text.slice(start, end)).join('|')}»`
    default:
      return syntax satisfies never
  }
}

describe('a text is parsed', () => {
  test.each([
    ['a b OR c', 'or«a b OR c»[and«a b»[«a», «b»], «c»]'],
    ['a AND b', 'and«a AND b»[«a», «b»]'],
    ['-a NOT b', 'and«-a NOT b»[not«-a»[«a»], not«NOT b»[«b»]]'],
    ['--a', '«a»'],
    ['(a OR b) c', 'and«(a OR b) c»[or«(a OR b)»[«a», «b»], «c»]'],
    ['-(a)b', 'and«-(a)b»[not«-(a)»[«(a)»], «b»]'],
    ['ns:prod,"a b",x*', 'ns«prod|"a b"|x*»'],
    ['name:"a,b"c,d', 'name«"a,b"c|d»'],
    ['at:2026-11-20T14:03:22Z', 'at«2026-11-20T14:03:22Z»'],
    ['or and not', 'and«or and not»[«or», «and», «not»]'],
    ['a,b', '«a,b»'],
    ['10:30', '«10:30»'],
    ['"ns:prod"', '«"ns:prod"»'],
    ['before:-1h', 'before«-1h»'],
    ['', 'and«»[]'],
  ])('%s', (text, expected) => expect(told(parse(text), text)).toBe(expected))

  test.each([
    [String.raw`"a\"b\\c"`, String.raw`a"b\c`],
    [String.raw`"CORP\alice"`, String.raw`CORP\alice`],
    [String.raw`CORP\alice`, String.raw`CORP\alice`],
    [String.raw`a\,b\"c\\d`, String.raw`a,b"c\d`],
    [String.raw`"\u{41}\u{1f600}"`, 'A\u{1f600}'],
    [String.raw`"\u{d800}"`, '\ufffd'],
    [String.raw`"\u{110000}\u{}\u41"`, String.raw`\u{110000}\u{}\u41`],
    ['a\ud800b', 'a\ufffdb'],
  ])('with the escapes of %s resolved', (text, expected) => {
    const syntax = parse(text)
    expect(syntax.kind === 'text' && syntax.atom.pieces.map((piece) => piece.text).join('')).toBe(expected)
  })

  test('so that the place of every node holds that node', () => {
    fc.assert(
      fc.property(fc.oneof(queryText, queryLike), (text) => {
        const syntax = syntaxOrNull(text)
        if (syntax === null) return
        for (const node of allNodes(syntax)) {
          const own = text.slice(node.start, node.end)
          if (node.kind === 'qualifier') expect(text.slice(node.key.start, node.key.end)).toBe(node.key.text)
          expect(shape(parse(own))).toEqual(shape(node))
        }
      }),
    )
  })
})

describe('a text is refused, and the place of the fault is told:', () => {
  test.each([
    ['ns:', [0, 3], undefined],
    ['a ns: prod', [2, 5], 'a ns:prod'],
    ['verb:get, list', [0, 9], 'verb:get,list'],
    ['ns:,a', [0, 3], 'ns:a'],
    ['ns:(a OR b)', [3, 4], undefined],
    ['name:foo(bar)', [8, 9], 'name:foo (bar)'],
    ['name:/a(b)/', [5, 8], undefined],
    ['(a', [0, 1], '(a)'],
    ['a)', [1, 2], 'a'],
    ['a OR', [2, 4], 'a'],
    ['OR a', [0, 2], 'a'],
    ['a OR AND b', [2, 4], 'a AND b'],
    ['a (OR b)', [3, 5], 'a (b)'],
    ['()', [0, 2], undefined],
    ['- a', [0, 1], '"-" a'],
    ['a NOT', [2, 5], 'a'],
    ['"abc', [0, 4], '"abc"'],
    ['a "b\\', [2, 5], 'a "b\\\\"'],
    ['a\0b', [1, 2], undefined],
    [String.raw`"a\u{0}"`, [2, 7], undefined],
  ] as const)('%s', (text, [start, end], suggestion) => {
    const fault = faultOf(text)
    expect({ pointer: fault.pointer, suggestion: fault.suggestion }).toEqual({ pointer: { start, end }, suggestion })
    expect(fault).toMatchObject({ code: 'query_syntax', parameter: 'q', hint: expect.stringMatching(/\w/) })
    if (suggestion !== undefined) expect(() => parse(suggestion)).not.toThrow()
  })
})

describe('a text is bounded', () => {
  test('in its length', () => {
    expect(() => parse(' '.repeat(queryLengthMax))).not.toThrow()
    expect(faultOf('a'.repeat(100_000)).message).toContain('100000')
  })

  test('in the depth of its groups', () => {
    const nested = (depth: number): string => '('.repeat(depth) + 'a' + ')'.repeat(depth)
    expect(() => parse(nested(depthMax))).not.toThrow()
    expect(faultOf(nested(depthMax + 1)).pointer).toEqual({ start: depthMax, end: depthMax + 1 })
    expect(faultOf(nested(10_000)).message).toContain('characters')
    expect(() => parse(`${'-'.repeat(8_000)}a`)).not.toThrow()
  })

  test('in the number of its terms and values, and the length of each', () => {
    expect(() => parse('a '.repeat(termsMax))).not.toThrow()
    expect(faultOf('a '.repeat(termsMax + 1)).message).toContain(`${termsMax} terms`)
    expect(() => parse(`ns:${'a,'.repeat(valuesMax - 1)}a`)).not.toThrow()
    expect(faultOf(`ns:${'a,'.repeat(valuesMax)}a`).message).toContain(`${valuesMax} values`)
    expect(() => parse('a'.repeat(valueLengthMax))).not.toThrow()
    expect(faultOf(`ns:${'a'.repeat(valueLengthMax + 1)}`).pointer).toEqual({ start: 3, end: valueLengthMax + 4 })
  })

  test('in the work that it makes: a few steps a character, whatever the text', () => {
    const hostile = [
      '(',
      '-',
      '"',
      'a ',
      'a:',
      '\\',
      'ns:a,',
      '"\\u{41}',
      'a OR ',
      '(a) ',
      'NOT ',
      'ab.',
      '/',
      '()',
      ',',
    ]
    const texts = hostile.map((piece) => piece.repeat(queryLengthMax / piece.length))
    const lengthOf = fc.oneof(queryLike, queryText, fc.string({ unit: 'binary' }), fc.constantFrom(...texts))
    fc.assert(
      fc.property(lengthOf, (text) => {
        const work = { steps: 0 }
        syntaxOrNull(text, work)
        expect(work.steps).toBeLessThanOrEqual(4 * text.length)
      }),
      { numRuns: 1_000, examples: texts.map((text) => [text]) },
    )
  })
})

function syntaxOrNull(text: string, work = { steps: 0 }): Syntax | null {
  try {
    return parse(text, work)
  } catch (error) {
    if (error instanceof QueryError) return null
    throw error
  }
}

function allNodes(syntax: Syntax): readonly Syntax[] {
  switch (syntax.kind) {
    case 'and':
    case 'or':
      return [syntax, ...syntax.parts.flatMap(allNodes)]
    case 'not':
      return [syntax, ...allNodes(syntax.part)]
    default:
      return [syntax]
  }
}

/** Without places. */
function shape(syntax: Syntax): unknown {
  return JSON.parse(
    JSON.stringify(syntax, (key, value: unknown) => (key === 'start' || key === 'end' ? undefined : value)),
  )
}
