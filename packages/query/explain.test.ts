import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { explain, type Explained } from './explain.ts'
import { parseQuery } from './parse-query.ts'
import { anyQuery } from './query-for-tests.ts'

const now = Date.parse('2026-11-20T14:00:00Z') * 1000
const explained = (text: string): ReturnType<typeof explain> => explain(parseQuery(text, now))
const sentenceOf = (text: string): string => explained(text).asked.sentence

describe('a query is explained', () => {
  test.each([
    ['', 'every event'],
    ['actor:alice', 'the actor is alice'],
    ['-actor:alice,bob', 'the actor is not alice or bob'],
    ['ns:prod-*', 'the namespace is like prod-*'],
    ['ns:""', 'the namespace is none'],
    ['name:"a b"', 'the object\'s name is "a b"'],
    ['group:sre', 'a group of the actor is sre'],
    ['-group:sre', 'no group of the actor is sre'],
    ['-claimed:10.0.0.0/8', 'no claimed address is in 10.0.0.0/8'],
    ['-ip:10.0.0.0/8', 'the address that the API server saw is not in 10.0.0.0/8'],
    ['is:dryrun', 'the request changed nothing: dryRun=All (flag dryRun)'],
    ['-is:human', 'it is not so that the request was made by a person (actor type human)'],
    ['user-agent:argocd', 'the user agent holds argocd'],
    ['-reason:rbac', 'the reason does not hold rbac'],
    ['scaled', 'the sentence holds scaled'],
    ['-"a b"', 'the sentence does not hold "a b"'],
    ['code:404', 'the HTTP status is 404'],
    ['code:>=400', 'the HTTP status is 400 or more'],
    ['code:4xx,599', 'the HTTP status is from 400 to 499, or 599'],
    ['took:<=10m', 'the duration is 10m or less'],
    ['after:2026-11-01', 'the time is 2026-11-01 or later'],
    ['before:2026-11-01', 'the time is before 2026-11-01'],
    ['-on:2026-11-20', 'the time is not from 2026-11-20 up to 2026-11-21'],
  ])('%s: %s', (text, sentence) => expect(sentenceOf(text)).toBe(sentence))

  test('as a tree where it has groups', () => {
    expect(explained('ns:a -(b c) (d OR -e)').asked).toEqual({
      sentence: 'all of these hold',
      parts: [
        { sentence: 'the namespace is a', parts: [] },
        {
          sentence: 'at least one of these holds',
          parts: [
            { sentence: 'the sentence holds d', parts: [] },
            { sentence: 'the sentence does not hold e', parts: [] },
          ],
        },
        {
          sentence: 'not all of these hold',
          parts: [
            { sentence: 'the sentence holds b', parts: [] },
            { sentence: 'the sentence holds c', parts: [] },
          ],
        },
      ],
    })
    expect(sentenceOf('-(a OR b)')).toBe('none of these holds')
  })

  test('whatever it is', () => {
    const sentences = ({ sentence, parts }: Explained): readonly string[] => [sentence, ...parts.flatMap(sentences)]
    fc.assert(
      fc.property(anyQuery, (query) => {
        for (const sentence of sentences(explain(query).asked)) expect(sentence).not.toMatch(/undefined|null|^\s*$/)
      }),
    )
  })
})

describe('a hint', () => {
  const wholeWindow = expect.stringContaining('reads the whole window')

  test.each(['', 'is:write', 'ns:*-prod', '-ns:prod', 'ns:a OR is:write', 'kind:secrets', 'x'])(
    'says that the whole window is read for: %s',
    (text) => expect(explained(text).hints).toContainEqual(wholeWindow),
  )

  test.each([
    'ns:prod',
    'ns:prod-*',
    'is:write actor:alice',
    'ns:a OR (actor:b is:write)',
    'audit:x',
    'obj:deploy/api',
  ])('does not say so for: %s', (text) => expect(explained(text).hints).not.toContainEqual(wholeWindow))

  test.each([
    ['class:read class:write', 'class is asked for twice'],
    ['code:404 code:500', 'code is asked for twice'],
    ['ns:a x or y', '"or" is searched as a word; the operator is OR.'],
    ['actor:*@acme.io', 'A glob of actor begins with *'],
  ])('tells of what was hardly meant: %s', (text, hint) => {
    expect(explained(text).hints).toContainEqual(expect.stringContaining(hint))
  })

  test.each(['ns:a*,b ns:b*', 'group:a group:b', 'ns:a,b ns:b,c', 'ns:a class:read'])(
    'is not given where both can hold: %s',
    (text) => expect(explained(text).hints.filter((hint) => hint.includes('twice'))).toEqual([]),
  )
})
