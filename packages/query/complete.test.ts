import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { candidatesMax, complete } from './complete.ts'
import { replaced } from './lex.ts'
import { parseQuery } from './parse-query.ts'
import { qualifiers } from './qualifiers.ts'
import { queryLike } from './query-for-tests.ts'

const now = Date.parse('2026-11-20T14:00:00Z') * 1000

/** The bar is where somebody is typing. */
function completed(typed: string): { readonly before: string; readonly offers: readonly string[] } {
  const text = typed.replace('|', '')
  const { span, candidates } = complete(text, typed.indexOf('|'))
  const offers = candidates.map((one) => (one.kind === 'text' ? one.text : `<${one.key} ${one.prefix}>`))
  return { before: `${text.slice(0, span.start)}[${text.slice(span.start, span.end)}]`, offers }
}

describe('completion', () => {
  test.each([
    ['na|', '[na]', ['name:', 'ns:']],
    ['user|', '[user]', ['user-agent:', 'actor:']],
    ['ns:prod -cl|', 'ns:prod -[cl]', ['cluster:', 'class:', 'client:', 'claimed:']],
    ['(hum|', '([hum]', ['is:human']],
    ['a O|', 'a [O]', ['obj:', 'outcome:', 'on:', 'is:odd', 'OR']],
    ['fo|o:bar', '[foo:]', []],
    ['n|s:prod', '[ns:]', ['ns:', 'name:']],
    ['class:|', 'class:[]', ['read', 'write', 'connect', 'other']],
    ['class:W|x,read', 'class:[Wx]', ['write']],
    ['is:hu|', 'is:[hu]', ['human']],
    ['is:write,d|', 'is:write,[d]', ['denied', 'dryrun']],
    ['kind:secrets|', 'kind:[secrets]', ['secrets', 'secretstores']],
    ['kind:sts|', 'kind:[sts]', ['statefulsets']],
    ['obj:cronj|', 'obj:[cronj]', ['cronjobs/']],
    ['obj:deploy/Ap|', 'obj:[deploy/Ap]', ['<name Ap>']],
    ['verb:de|', 'verb:[de]', ['delete', 'deletecollection', '<verb de>']],
    ['-actor:Al|', '-actor:[Al]', ['<actor Al>']],
    ['actor:sys|tem:admin,b', 'actor:[system:admin]', ['<actor sys>']],
    ['ns:"my pro|', 'ns:["my pro]', ['<ns my pro>']],
    ['code:4|', 'code:[4]', ['4xx', '400..403']],
    ['after:-1|', 'after:[-1]', ['-15m', '-1h', '-1d']],
    ['nope:x|', 'nope:[x]', []],
    ['image:x|', 'image:[x]', ['<image x>']],
    ['changed:metadata.labels["a|', 'changed:[metadata.labels["a]', ['<changed metadata.labels[a>']],
    ['is:f|', 'is:[f]', ['failed-open']],
  ])('at %s replaces %s', (typed, before, offers) => {
    const found = completed(typed)
    expect(found.before).toBe(before)
    expect(found.offers).toEqual(offers)
  })

  test('of nothing offers whole questions, then every qualifier that has data', () => {
    const { offers } = completed('|')
    expect(offers[0]).toBe('obj:deploy/api ns:prod is:write')
    for (const { key, availability } of qualifiers) expect(offers.includes(`${key}:`)).toBe(availability === 'now')
  })

  test('says what each offer means', () => {
    const { candidates } = complete('ns', 2)
    expect(candidates).toContainEqual({ kind: 'text', text: 'ns:', description: expect.stringContaining('namespace') })
  })

  test('offers only values that can be read', () => {
    for (const { key } of qualifiers) {
      const text = `${key}:`
      const { span, candidates } = complete(text, text.length)
      for (const candidate of candidates) {
        if (candidate.kind !== 'text' || candidate.text.endsWith('/')) continue
        expect(() => parseQuery(replaced(text, span, candidate.text), now)).not.toThrow()
      }
    }
  })

  test('takes any text and any position, and is bounded', () => {
    fc.assert(
      fc.property(
        fc.oneof(queryLike, fc.string({ unit: 'binary' })),
        fc.oneof(fc.integer(), fc.double()),
        (text, position) => {
          const { span, candidates } = complete(text, position)
          expect(candidates.length).toBeLessThanOrEqual(candidatesMax)
          const at = Math.max(0, Math.min(text.length, Math.trunc(position) || 0))
          expect([0 <= span.start, span.start <= at, at <= span.end, span.end <= text.length]).toEqual([
            true,
            true,
            true,
            true,
          ])
        },
      ),
      { numRuns: 1_000 },
    )
    expect(complete('ns:'.repeat(100_000), 5).candidates).toEqual([])
  })
})
