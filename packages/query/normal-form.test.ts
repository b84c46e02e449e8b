import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { everything, type Query } from './ast.ts'
import { queryText } from './normal-form.ts'
import { parseQuery } from './parse-query.ts'
import { anyQuery, queryLike, queryText as queryLikely } from './query-for-tests.ts'
import { QueryError } from './query-error.ts'

const now = Date.parse('2026-11-20T14:00:00Z') * 1000
const parsed = (text: string): Query => parseQuery(text, now)

describe('the normal form', () => {
  test('of any query reads back as that query, and is one line that hides nothing', () => {
    fc.assert(
      fc.property(anyQuery, (query) => {
        const text = queryText(query)
        expect(parsed(text)).toEqual(query)
        expect(text).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
      }),
      { numRuns: 2_000 },
    )
  })

  test('of whatever was typed is its own normal form', () => {
    let queries = 0
    fc.assert(
      fc.property(fc.oneof(queryLikely, queryLike), (typed) => {
        const query = queryOrNull(typed)
        if (query === null) return
        queries++
        const text = queryText(query)
        expect(queryText(parsed(text))).toBe(text)
        expect(parsed(text)).toEqual(query)
      }),
      { numRuns: 2_000 },
    )
    expect(queries).toBeGreaterThan(500)
  })

  test('does not depend on the order, the spaces or the parentheses in which something is said', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(['ns:a', 'ns:b', '-x', 'code:>=400', '-verb:get', '(k OR l)'], { minLength: 6 }),
        (terms) => {
          expect(queryText(parsed(terms.join('  ')))).toBe('-verb:get ns:a ns:b code:>=400 -x (k OR l)')
          expect(parsed(`((${terms.slice(0, 3).join(' ')})) AND (${terms.slice(3).join(' ')})`)).toEqual(
            parsed(terms.join(' ')),
          )
        },
      ),
    )
  })

  test.each([
    ['ns:a OR ns:b', 'ns:a,b'],
    ['ns:b,a,b', 'ns:a,b'],
    ['-ns:a NOT ns:b', '-ns:a,b'],
    ['-(ns:a OR ns:b)', '-ns:a,b'],
    ['NOT -a', 'a'],
    ['-(-(a OR -b))', 'a OR -b'],
    ['a OR b c', 'a OR (b c)'],
    ['a OR (b OR c)', 'a OR b OR c'],
    ['a (b c)', 'a b c'],
    ['a a A', 'a'],
    ['user:x BY:y', 'actor:x actor:y'],
    ['obj:deploy/api', 'kind:deploy name:api'],
    ['-obj:deploy/api', '-(kind:deploy name:api)'],
    ['obj:cm/a,cm/b', '(kind:configmaps.v1 name:a) OR (kind:configmaps.v1 name:b)'],
    ['kind:Deployment,deployments', 'kind:deployments'],
    ['is:write', 'class:write'],
    ['is:WRITE,denied', 'class:write OR outcome:denied'],
    ['actor:sa:ci/*', 'actor:system:serviceaccount:ci:*'],
    ['actor:"sa:ci/*"', 'actor:"sa:ci/*"'],
    ['name:"a*"*', 'name:"a*"*'],
    ['name:a***b', 'name:a*b'],
    ['user-agent:*ArgoCD*', 'user-agent:argocd'],
    ['ip:10.1.2.3/8', 'ip:10.0.0.0/8'],
    ['code:4xx', 'code:400..499'],
    ['code:>400 code:<=500', 'code:401..500'],
    ['took:>10m', 'took:>10m'],
    ['took:>=600s', 'took:>=10m'],
    ['after:-1d', 'after:2026-11-19T14:00:00Z'],
    ['after:2026-11-01 before:2026-11-02', 'created:2026-11-01/2026-11-02'],
    ['on:2026-11-20', 'created:2026-11-20/2026-11-21'],
    ['created:>2026-11-20', 'after:2026-11-21'],
    ['created:<=2026-11-20', 'before:2026-11-21'],
    ['created:2026-11-01..2026-11-05', 'created:2026-11-01/2026-11-06'],
    ['seen:>-5m', 'seen:>=2026-11-20T13:55:00Z'],
    ['', ''],
    [' \n ', ''],
  ])('of %s is %s', (typed, normal) => expect(queryText(parsed(typed))).toBe(normal))
})

test('a query of nothing but space asks for every event', () => {
  expect(parsed(' ')).toEqual(everything)
})

test('ranges that have nothing in common stay two, whatever is said beside them', () => {
  expect(queryText(parsed('code:404 code:500'))).toBe('code:404 code:500')
  expect(queryText(parsed('code:404 code:500 code:>=450'))).toBe('code:404 code:500')
  expect(queryText(parsed('code:404,500 code:>=450'))).toBe('code:404,500 code:>=450')
})

function queryOrNull(text: string): Query | null {
  try {
    return parsed(text)
  } catch (error) {
    if (error instanceof QueryError) return null
    throw error
  }
}
