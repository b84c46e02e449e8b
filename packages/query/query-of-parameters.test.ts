import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { everything } from './ast.ts'
import { filterKeys, filterText, parseEventFilter, type FilterKey } from './filter.ts'
import { parseQuery } from './parse-query.ts'
import type { UrlParameters } from './parameters.ts'
import { queryOfFilter, queryOfParameters } from './query-of-parameters.ts'
import { QueryError } from './query-error.ts'

const now = Date.parse('2026-11-20T14:00:00Z') * 1000
const errorOf = (parameters: UrlParameters): QueryError => {
  try {
    queryOfParameters(parameters, now)
  } catch (error) {
    if (error instanceof QueryError) return error
    throw error
  }
  throw new Error('the parameters were read')
}

describe('plain parameters', () => {
  test.each<readonly [UrlParameters, string]>([
    [{ actor: 'alice', verb: 'patch,update', ns: 'prod' }, 'actor:alice verb:patch,update ns:prod'],
    [{ ns: ['a', 'b,c'], 'not.ns': 'c' }, 'ns:a,b,c -ns:c'],
    [{ ns: '', as: '' }, 'ns:"" as:""'],
    [{ ns: 'prod,' }, 'ns:prod,""'],
    [{ actor: 'sa:ci/*' }, 'actor:sa:ci/*'],
    [{ actor: String.raw`CN=a\,O=b` }, 'actor:"CN=a,O=b"'],
    [{ obj: 'deploy/api', is: 'write,denied' }, 'obj:deploy/api is:write,denied'],
    [{ 'not.obj': 'deploy/api' }, '-obj:deploy/api'],
    [{ ip: '10.1.0.0/8', code: '>=400', took: '>10m' }, 'ip:10.0.0.0/8 code:>=400 took:>10m'],
    [{ name: '"a b"' }, String.raw`name:"\"a b\""`],
    [{ name: 'a\ud800' }, 'name:a\ufffd'],
    [{ on: '2026-11-20', limit: '5', since: '1h', until: undefined, verb: [] }, 'on:2026-11-20'],
  ])('%o ask the same as %s', (parameters, text) => {
    expect(queryOfParameters(parameters, now)).toEqual(parseQuery(text, now))
  })

  test('ask for every event where there are none', () => {
    expect(queryOfParameters({}, now)).toEqual(everything)
  })

  test.each<readonly [UrlParameters, Partial<QueryError>]>([
    [{ namspace: 'prod' }, { code: 'query_syntax', parameter: 'namspace', suggestion: 'ns' }],
    [{ 'not.user': 'x' }, { parameter: 'not.user', suggestion: 'not.actor' }],
    [{ sicne: '1h' }, { parameter: 'sicne', suggestion: 'since' }],
    [{ class: 'writes' }, { parameter: 'class', suggestion: 'write' }],
    [{ 'not.class': 'x,writes' }, { parameter: 'not.class' }],
    [{ changed: 'spec' }, { code: 'unavailable', parameter: 'changed' }],
    [{ name: 'a\0b' }, { parameter: 'name' }],
    [{ name: 'n'.repeat(513) }, { parameter: 'name' }],
    [{ name: ','.repeat(200) }, { parameter: 'name' }],
    [{ 'not.since': '1h' }, { parameter: 'not.since' }],
    [{ constructor: 'x' }, { parameter: 'constructor' }],
    [{ '': 'x' }, { parameter: '' }],
    [{ cluster: 'a', verb: 'x,' }, { parameter: 'verb' }],
  ])('that cannot be read are told by their name: %o', (parameters, told) => {
    expect(errorOf(parameters)).toMatchObject(told)
  })
})

describe('a filter', () => {
  // Without what filterText does not escape, and `sa:` in quotes, which is a service account in a filter alone.
  const word = fc.stringMatching(/^[A-Za-z0-9*% _."-]{1,8}$/)
  const valueOf = (key: FilterKey): fc.Arbitrary<string> => {
    if (key === 'class') return fc.constantFrom('read', 'Write')
    if (key === 'outcome') return fc.constantFrom('denied', 'error')
    if (key === 'stage') return fc.constantFrom('Panic', 'responsecomplete')
    if (key === 'kind') return fc.constantFrom('deploy', 'Pods', 'po', 'x*', 'widgets.example.com')
    if (key === 'actor') return fc.oneof(word, fc.constant('sa:ci/*'))
    return word
  }
  const parameters = fc
    .uniqueArray(fc.constantFrom(...filterKeys), { maxLength: 5 })
    .chain((keys) =>
      fc.tuple(
        ...keys.map((key) =>
          fc.tuple(fc.constantFrom(key, `not.${key}`), fc.array(valueOf(key), { minLength: 1, maxLength: 3 })),
        ),
      ),
    )
    .map((entries): UrlParameters => Object.fromEntries(entries))

  test('asks the same as its parameters and as its text', () => {
    fc.assert(
      fc.property(parameters, (asked) => {
        const filter = parseEventFilter(asked)
        expect(queryOfFilter(filter)).toEqual(queryOfParameters(asked, now))
        expect(queryOfFilter(filter)).toEqual(parseQuery(filterText(filter), now))
      }),
      { numRuns: 1_000 },
    )
  })

  test('is refused in the language where it is refused as a filter', () => {
    const hostile: readonly UrlParameters[] = [
      { verb: '' },
      { kind: 'pods,' },
      { cluster: '' },
      { actor: 'sa:x' },
      { class: '' },
    ]
    for (const one of hostile) {
      expect(() => parseEventFilter(one)).toThrow(QueryError)
      expect(errorOf(one).code).toBe('query_syntax')
    }
  })
})
