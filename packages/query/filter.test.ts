import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { valuesMax } from './bounds.ts'
import {
  filterBytesMax,
  filterKeys,
  filterParameters,
  filterText,
  globToLike,
  isGlob,
  type EventFilter,
  parseEventFilter,
} from './filter.ts'
import { QueryError } from './query-error.ts'
import type { UrlParameters } from './parameters.ts'

const errorOf = (parameters: UrlParameters): QueryError => {
  try {
    parseEventFilter(parameters)
  } catch (error) {
    if (error instanceof QueryError) return error
    throw error
  }
  throw new Error('the filter was read')
}

describe('a filter', () => {
  test('takes repeated and comma-separated values as alternatives, in one normal form', () => {
    expect(parseEventFilter({ verb: ['patch,update', 'Create', 'patch'] })).toEqual({
      verb: { any: ['create', 'patch', 'update'], not: [] },
    })
  })

  test('negates with not. and may ask for and against the same key', () => {
    expect(parseEventFilter({ ns: 'prod-*', 'not.ns': 'prod-test' })).toEqual({
      ns: { any: ['prod-*'], not: ['prod-test'] },
    })
  })

  test('is empty when nothing was asked, and leaves the other parameters of a list alone', () => {
    expect(parseEventFilter({})).toEqual({})
    expect(parseEventFilter({ since: '1h', limit: '5', actor: undefined, verb: [] })).toEqual({})
  })

  test('takes an empty namespace as cluster-scoped and an empty as= as not impersonated', () => {
    expect(parseEventFilter({ ns: '', 'not.as': '' })).toEqual({
      ns: { any: [''], not: [] },
      as: { any: [], not: [''] },
    })
    expect(parseEventFilter({ ns: 'prod,' }).ns?.any).toEqual(['', 'prod'])
  })

  test('writes a service account out in full, globs included', () => {
    expect(parseEventFilter({ actor: 'sa:ci/*', as: 'sa:kube-system/default' })).toEqual({
      actor: { any: ['system:serviceaccount:ci:*'], not: [] },
      as: { any: ['system:serviceaccount:kube-system:default'], not: [] },
    })
    expect(errorOf({ actor: 'sa:ci' }).hint).toContain('sa:NAMESPACE/NAME')
  })

  test('keeps the case of names and drops that of verbs, kinds, classes, outcomes and stages', () => {
    const filter = parseEventFilter({ actor: 'Alice', kind: 'Deployment', class: 'WRITE', stage: 'responsecomplete' })
    expect(filter).toMatchObject({
      actor: { any: ['Alice'] },
      kind: { any: ['deployment'] },
      class: { any: ['write'] },
      stage: { any: ['ResponseComplete'] },
    })
  })

  test('keeps commas and backslashes within a value', () => {
    expect(parseEventFilter({ actor: String.raw`CN=alice\,O=acme,CORP\bob,a\\` }).actor?.any).toEqual([
      'CN=alice,O=acme',
      String.raw`CORP\bob`,
      'a\\',
    ])
  })
})

describe('a mistake in a filter', () => {
  test('is answered with the parameter that was probably meant', () => {
    expect(errorOf({ namspace: 'prod' })).toMatchObject({
      code: 'query_syntax',
      parameter: 'namspace',
      suggestion: 'ns',
      hint: 'Did you mean "ns"?',
    })
    expect(errorOf({ user: 'alice' }).suggestion).toBe('actor')
    expect(errorOf({ 'not.verbs': 'get' }).suggestion).toBe('not.verb')
    expect(errorOf({ sicne: '1h' }).suggestion).toBe('since')
  })

  test('names every parameter when nothing is near', () => {
    const error = errorOf({ zzzzzzzzz: '1' })
    expect(error.suggestion).toBeUndefined()
    for (const key of filterKeys) expect(error.hint).toContain(key)
  })

  test('in a choice is answered with the choices and the nearest one', () => {
    expect(errorOf({ class: 'writes' })).toMatchObject({ parameter: 'class', suggestion: 'write' })
    expect(errorOf({ outcome: 'failed' }).hint).toContain('denied')
  })

  test.each<UrlParameters>([
    { constructor: 'x' },
    { ['__proto__x']: 'x' },
    { 'not.': 'x' },
    { '': 'x' },
    { 'not.since': '1h' },
  ])('is never taken for a filter: %o', (parameters) => expect(errorOf(parameters).code).toBe('query_syntax'))

  test.each<UrlParameters>([{ verb: '' }, { kind: 'pods,' }, { cluster: '' }, { class: '' }, { name: 'a\0b' }])(
    'is an error and not a question that nothing can answer: %o',
    (parameters) => expect(errorOf(parameters).code).toBe('query_syntax'),
  )
})

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `n${index}`)

describe('a filter is bounded', () => {
  test('in the number of its values', () => {
    expect(parseEventFilter({ name: names(valuesMax) }).name?.any).toHaveLength(valuesMax)
    expect(errorOf({ name: names(valuesMax + 1).join(',') }).parameter).toBe('name')
  })

  test('in the length of one value and of all together', () => {
    expect(errorOf({ name: 'n'.repeat(513) }).message).toContain('512')
    const long = names(20).map((name) => name.padEnd(300, 'x'))
    expect(errorOf({ actor: 'alice', name: long }).message).toContain(String(filterBytesMax))
  })
})

describe('filterParameters', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((value) => !value.includes('\0'))
  const word = fc.stringMatching(/^[a-z*,\\]{1,8}$/)
  const values: Readonly<Record<string, fc.Arbitrary<string>>> = {
    class: fc.constantFrom('read', 'write'),
    outcome: fc.constantFrom('success', 'Denied'),
    stage: fc.constantFrom('Panic', 'responsestarted'),
    verb: word.filter((value) => !/^,|,$|,,/.test(value)),
    kind: fc.constantFrom('Deploy', 'pods,secrets'),
    cluster: fc.constantFrom('a', 'b*'),
    actor: fc.oneof(text, fc.constant('sa:a/b')).filter((value) => !value.startsWith('sa:') || value === 'sa:a/b'),
  }
  const parameters = fc.dictionary(
    fc
      .tuple(
        fc.constantFrom('', 'not.'),
        fc.constantFrom('class', 'outcome', 'stage', 'verb', 'kind', 'cluster', 'actor'),
      )
      .map((parts) => parts.join('')),
    fc.nat(),
    { maxKeys: 6, noNullPrototype: true },
  )

  test('are read back as the same filter, whatever was asked', () => {
    const anyParameters = parameters.chain((keys) =>
      fc.record(
        Object.fromEntries(
          Object.keys(keys).map((key) => [key, fc.array(values[key.replace('not.', '')] ?? text, { maxLength: 4 })]),
        ),
      ),
    )
    fc.assert(
      fc.property(anyParameters, (asked) => {
        // A comma that leaves an empty verb is refused, which is fine; misread it must not be.
        const filter = filterOrNull(asked)
        expect(filter === null ? null : parseEventFilter(filterParameters(filter))).toEqual(filter)
      }),
    )
  })

  test('are read back with any names of objects and people', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 5 }), (names) => {
        const sorted = [...new Set(names)].toSorted()
        const filter = { name: { any: sorted, not: [] } }
        expect(parseEventFilter(filterParameters(filter))).toEqual(filter)
      }),
    )
  })
})

test('filterText reads like the query language', () => {
  expect(filterText(parseEventFilter({ ns: '', actor: 'alice,bob b', 'not.verb': 'get' }))).toBe(
    'actor:alice,"bob b" -verb:get ns:""',
  )
})

describe('globToLike', () => {
  test('escapes what LIKE would take for a wildcard', () => {
    expect(globToLike('a_b%c\\*')).toBe(String.raw`a\_b\%c\\%`)
    expect(globToLike('a***b')).toBe('a%b')
    expect([isGlob('a*'), isGlob('a%')]).toEqual([true, false])
  })

  test('matches with LIKE what the glob matches', () => {
    const piece = fc.constantFrom('a', '%', '_', '\\', '*', '.', '\n')
    const anyText = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''))
    fc.assert(
      fc.property(anyText, anyText, (glob, name) => {
        const expected = new RegExp(
          `^${glob
            .split('*')
            .map((part) => part.replaceAll(/[\\.]/g, String.raw`\$&`))
            .join('[^]*')}$`,
        )
        expect(like(globToLike(glob), name)).toBe(expected.test(name))
      }),
    )
  })
})

/** SQL LIKE with the escape character backslash. */
function like(pattern: string, text: string): boolean {
  if (pattern === '') return text === ''
  if (pattern.startsWith('%')) return like(pattern.slice(1), text) || (text !== '' && like(pattern, text.slice(1)))
  if (text === '') return false
  if (pattern.startsWith('_')) return like(pattern.slice(1), text.slice(1))
  const literal = pattern.startsWith('\\') ? pattern.slice(1) : pattern
  return literal[0] === text[0] && like(literal.slice(1), text.slice(1))
}

function filterOrNull(parameters: UrlParameters): EventFilter | null {
  try {
    return parseEventFilter(parameters)
  } catch (error) {
    if (error instanceof QueryError) return null
    throw error
  }
}
