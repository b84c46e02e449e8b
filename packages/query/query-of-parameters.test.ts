import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { everything } from './ast.ts'
import { parseQuery } from './parse-query.ts'
import type { UrlParameters } from './parameters.ts'
import { queryOfParameters } from './query-of-parameters.ts'
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
    [{ label: 'team=x' }, { code: 'unavailable', parameter: 'label' }],
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

test('plain parameters ask the same as their values in quotes, whatever these hold', () => {
  const word = fc.stringMatching(/^[A-Za-z0-9% _.,()"\\-]{1,8}$/)
  const keys = ['cluster', 'actor', 'as', 'group', 'verb', 'client', 'ns', 'name', 'sub'] as const
  const parameters = fc.uniqueArray(
    fc.tuple(fc.constantFrom(...keys), fc.boolean(), fc.array(word, { minLength: 1, maxLength: 3 })),
    { selector: ([key]) => key, maxLength: 5 },
  )
  fc.assert(
    fc.property(parameters, (asked) => {
      const sent = asked.map(([key, isNegated, values]) => [
        isNegated ? `not.${key}` : key,
        values.map((value) => value.replaceAll(/[\\,]/g, String.raw`\$&`)),
      ])
      const text = asked.map(([key, isNegated, values]) => {
        const quoted = values.map((value) => `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`)
        return `${isNegated ? '-' : ''}${key}:${quoted.join(',')}`
      })
      const query = queryOfParameters(Object.fromEntries(sent), now)
      expect(query).toEqual(parseQuery(text.join(' '), now))
    }),
    { numRuns: 1_000 },
  )
})
