import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { and, everything, matches, not, or, within } from './ast.ts'
import { bounded, depthMax, queryBytesMax, termsMax, valuesMax } from './bounds.ts'
import { queryText } from './normal-form.ts'
import { parseQuery } from './parse-query.ts'
import { QueryError } from './query-error.ts'
import { queryLike } from './query-for-tests.ts'

const us = (text: string): number => Date.parse(text) * 1000
const now = us('2026-11-20T14:00:00Z')
const parsed = (text: string): unknown => parseQuery(text, now)
const faultOf = (text: string): QueryError => {
  try {
    parsed(text)
  } catch (error) {
    if (error instanceof QueryError) return error
    throw error
  }
  throw new Error(`the query was read: ${text.slice(0, 100)}`)
}

describe('a query is read', () => {
  test('as qualifiers that all hold, with alternatives and negations', () => {
    expect(parsed('actor:alice -verb:get,list ns:prod-*')).toEqual({
      kind: 'and',
      parts: [
        { kind: 'matches', key: 'actor', values: [['alice']] },
        { kind: 'not', part: { kind: 'matches', key: 'verb', values: [['get'], ['list']] } },
        { kind: 'matches', key: 'ns', values: [['prod-', '']] },
      ],
    })
  })

  test('with a * in quotes as a * and the empty value as none', () => {
    expect(parsed('name:"a*"b*')).toEqual({ kind: 'matches', key: 'name', values: [['a*b', '']] })
    expect(parsed('ns:"",prod')).toEqual({ kind: 'matches', key: 'ns', values: [[''], ['prod']] })
  })

  test('with free text that ignores the case of A to Z alone', () => {
    expect(parsed('Scaled "API É"')).toEqual({
      kind: 'and',
      parts: [
        { kind: 'says', text: ['api É'] },
        { kind: 'says', text: ['scaled'] },
      ],
    })
  })

  test('with times as stretches of microseconds, both ends in them', () => {
    expect(parsed('after:-1h')).toEqual({
      kind: 'within',
      key: 'created',
      values: [{ min: us('2026-11-20T13:00:00Z'), max: null }],
    })
    expect(parsed('on:2026-11-19')).toEqual({
      kind: 'within',
      key: 'created',
      values: [{ min: us('2026-11-19'), max: us('2026-11-20') - 1 }],
    })
    expect(parsed('created:-2h..-1h')).toEqual(parsed('after:-2h before:-1h'))
    expect(parsed('created:2026-11-01..2026-11-05')).toEqual(parsed('after:2026-11-01 before:2026-11-06'))
    expect(parsed('created:2026-11-20/P1D')).toEqual(parsed('on:2026-11-20'))
    expect(parsed('created:*..2026-11-05')).toEqual(parsed('before:2026-11-06'))
    expect(parsed('at:2026-11-20T14:03:22Z')).toEqual(parsed('on:"2026-11-20 14:03:22Z"'))
  })

  test('with numbers and durations as whole ranges', () => {
    expect(parsed('code:>=400,200')).toEqual({
      kind: 'within',
      key: 'code',
      values: [
        { min: 200, max: 200 },
        { min: 400, max: null },
      ],
    })
  })

  test.each([
    ['took:>10m', { min: 600_000_001, max: null }],
    ['took:<1s', { min: null, max: 999_999 }],
    ['took:1s..PT1M', { min: 1_000_000, max: 60_000_000 }],
    ['took:500ms', { min: 500_000, max: 500_000 }],
  ])('%s', (text, range) => expect(parsed(text)).toEqual({ kind: 'within', key: 'took', values: [range] }))

  test.each([
    ['severity:high', 'severity:high'],
    ['severity:>=high', 'severity:high,critical'],
    ['severity:>HIGH', 'severity:critical'],
    ['severity:<medium', 'severity:info,low'],
    ['severity:<=low,critical', 'severity:info,low,critical'],
    ['severity:low..high', 'severity:low,medium,high'],
    ['severity:*..low', 'severity:info,low'],
    ['-severity:high..*', '-severity:high,critical'],
  ])('with words that have an order: %s', (text, same) => expect(parsed(text)).toEqual(parsed(same)))

  test('with keys in any case and by their other names', () => {
    expect(parsed('NS:a user:b UA:c')).toEqual(parsed('namespace:a by:b user-agent:c'))
  })
})

describe('a fault is told with its place, and the whole query mended where it can be:', () => {
  test.each([
    ['actor:alice namspace:prod', [12, 20], 'actor:alice ns:prod', 'Did you mean "ns" (also "namespace")?'],
    ['verbs:get', [0, 5], 'verb:get', 'Did you mean "verb"?'],
    ['status:404', [0, 6], 'code:404', 'Did you mean "code"?'],
    ['system:admin x', [0, 6], '"system:admin" x', 'In quotes it is free text.'],
    ['a class:writes', [8, 14], 'a class:write', 'The values of class are'],
    ['outcome:ok,denyed', [8, 10], undefined, 'The values of outcome are'],
    ['is:humn', [3, 7], 'is:human', 'The values of is are'],
    ['ns:a,>5', [5, 7], undefined, 'literal'],
    ['name:/a.*/', [5, 10], undefined, 'glob'],
    ['x /a|b/', [2, 7], undefined, 'glob'],
    ['uid:ab*', [4, 7], undefined, 'whole value'],
    ['class:w*', [6, 8], undefined, 'whole value'],
    ['verb:""', [5, 7], undefined, 'Give verb a value'],
    ['""', [0, 2], undefined, 'value'],
    ['*', [0, 1], undefined, 'value'],
    ['kind:.apps', [5, 10], undefined, 'kubectl'],
    ['obj:api', [4, 7], undefined, 'KIND/NAME'],
    ['obj:a/b/c', [4, 9], undefined, 'KIND/NAME'],
    ['actor:sa:ci', [6, 11], undefined, 'sa:NAMESPACE/NAME'],
    ['ip:10.*', [3, 7], undefined, '10.0.0.0/8'],
    ['code:99', [5, 7], undefined, 'code:4xx'],
    ['code:<100', [5, 9], undefined, '400..499'],
    ['code:500..400', [5, 13], undefined, '400..499'],
    ['code:*..*', [5, 9], undefined, '400..499'],
    ['severity:>=hihg', [9, 15], 'severity:>=high', 'The values of severity are info'],
    ['severity:>critical', [9, 18], undefined, 'From least to most'],
    ['severity:high..low', [9, 18], undefined, 'the lesser end first'],
    ['severity:*h', [9, 11], undefined, 'The values of severity are info'],
    ['vio:fnd_0*', [4, 10], undefined, 'whole value'],
    ['rule:>5', [5, 7], undefined, 'literal'],
    ['took:1y', [5, 7], undefined, '500ms'],
    ['after:yesterday', [6, 15], undefined, '2026-11-20'],
    ['after:>-5m', [6, 10], undefined, 'created'],
    ['before:1970-01-01', [7, 17], undefined, 'Write another time'],
    ['seen:-5m', [5, 8], undefined, '>=-5m'],
    ['on:2026-11-20/2026-11-19', [3, 24], undefined, 'interval'],
  ] as const)('%s', (text, [start, end], suggestion, hint) => {
    const fault = faultOf(text)
    expect(fault).toMatchObject({ code: 'query_syntax', parameter: 'q', hint: expect.stringContaining(hint) })
    expect({ pointer: fault.pointer, suggestion: fault.suggestion }).toEqual({ pointer: { start, end }, suggestion })
    if (suggestion !== undefined) expect(() => parsed(suggestion)).not.toThrow()
  })

  test('whatever was typed, it lies in the text', () => {
    fc.assert(
      fc.property(queryLike, (text) => {
        const fault = faultOrNull(text)
        if (fault === null) return
        expect(fault.hint).toMatch(/\w.*\.$|\?$/)
        const { start, end } = fault.pointer ?? { start: -1, end: -1 }
        expect(start).toBeGreaterThanOrEqual(0)
        expect(end).toBeGreaterThanOrEqual(start)
        expect(end).toBeLessThanOrEqual(text.length)
      }),
    )
  })
})

describe('what has no data yet', () => {
  test.each([
    ['ns:a label:team=payments', 'label', [5, 10]],
    ['-label:team=x', 'label', [1, 6]],
    ['is:write,first-seen', 'is:first-seen', [9, 19]],
  ] as const)('is said to be so, and not to be unknown: %s', (text, what, [start, end]) => {
    const fault = faultOf(text)
    expect(fault).toMatchObject({ code: 'unavailable', parameter: 'q', pointer: { start, end } })
    expect(fault.message).toContain(`${what}: it is not available yet`)
  })

  test('is still a fault of the text where the text has one', () => {
    expect(faultOf('label:').code).toBe('query_syntax')
  })
})

describe('what is asked of one changed field', () => {
  test.each([
    ['(changed:spec.replicas to:0) ns:a', 'ns:a changed:spec.replicas to:0'],
    ['changed:spec.replicas (ns:a (to:0))', 'ns:a changed:spec.replicas to:0'],
    ['(changed:replicas to:0) changed:image', 'changed:image (changed:replicas to:0)'],
    ['changed:a to:0 (to:1 changed:b ns:c)', 'ns:c (changed:a to:0) (changed:b to:1)'],
    ['((changed:a to:0) ns:c) (changed:b to:1) ', 'ns:c (changed:a to:0) (changed:b to:1)'],
    ['(changed:a -to:0 -to:1) -changed:b', 'changed:a -changed:b -to:0,1'],
    ['(changed:a -to:0) -to:1', '-to:1 (changed:a -to:0)'],
    ['(changed:a to:0) (to:0 changed:a)', 'changed:a to:0'],
    ['changed:a OR field:b', 'changed:a,b'],
  ])('stays together where another one is asked about: %s', (text, normal) => {
    const query = parseQuery(text, now)
    expect(queryText(query)).toBe(normal)
    expect(parseQuery(normal, now)).toEqual(query)
  })

  test('is a path as people write it', () => {
    expect(queryText(parseQuery('changed:.spec.containers[].image,labels["a/b"],spec.', now))).toBe(
      'changed:"labels[a/b]",spec,"spec.containers["*"].image"',
    )
    expect(faultOf('changed:.').code).toBe('query_syntax')
    expect(faultOf('to:>5').code).toBe('query_syntax')
  })
})

describe('a query that was put together', () => {
  const ns = matches('ns', [['a']])

  test('is made the same however its parts are nested', () => {
    const code = within('code', [{ min: 400, max: null }])
    expect(and([and([code, ns]), ns])).toEqual(and([ns, code]))
    expect(and([])).toEqual(everything)
    expect(and([everything, ns])).toEqual(ns)
    expect(or([everything, ns])).toEqual(everything)
    expect(not(not(ns))).toEqual(ns)
    expect(() => or([])).toThrow(RangeError)
    expect(() => not(everything)).toThrow(RangeError)
  })

  test('is refused where its text could not be read again', () => {
    const names = Array.from({ length: valuesMax + 1 }, (_, at): [string] => [`n${at}`])
    expect(() => bounded(matches('ns', names.slice(0, valuesMax)))).not.toThrow()
    expect(() => bounded(matches('ns', names))).toThrow(String(valuesMax))
    const long = names.slice(0, 20).map(([name]): [string] => [name.padEnd(300, 'x')])
    expect(() => bounded(matches('ns', long))).toThrow(String(queryBytesMax))
    const terms = names.flatMap((name) => [matches('ns', [name]), matches('name', [name])])
    expect(() => bounded(and(terms))).toThrow(`${termsMax} terms`)
    let nested = or([ns, matches('name', [['b']])])
    for (let depth = 0; depth < depthMax; depth++) nested = depth % 2 === 0 ? and([nested, ns]) : or([nested, ns])
    expect(bounded(nested)).toBe(nested)
    expect(() => bounded(not(nested))).toThrow(`${depthMax} deep`)
  })
})

function faultOrNull(text: string): QueryError | null {
  try {
    parsed(text)
    return null
  } catch (error) {
    if (error instanceof QueryError) return error
    throw error
  }
}
