// anyQuery: random queries of every kind, in normal form because they are made as all queries are.
import { eventClasses, levels, outcomes, stages } from '@plaintrail/event/event'
import * as fc from 'fast-check'
import { and, matches, not, or, type Pattern, type Query, within } from './ast.ts'
import { durationUsMax, timeAskedUsMax } from './read-range.ts'
import { type NumberKey, type TextKey, textKeys } from './qualifiers.ts'
import { severities } from './severities.ts'

const character = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...'abcXYZ019-_.:@/\\') },
  { weight: 2, arbitrary: fc.constantFrom(...'"*(),<>%=\' \t\n\u{200b}\u{202e}\u{301}é') },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }) },
)
/** As every text of an Event is: without NUL and lone surrogates. */
const text = fc
  .array(character, { maxLength: 12 })
  .map((characters) => characters.join('').replaceAll('\0', '').toWellFormed())
const word = fc.oneof(fc.constantFrom('alice', 'prod', 'sa:ci/x', 'OR', '-a', 'a:b', '/x/', '>5', '*', 'a..b'), text)
const notEmpty = word.filter((value) => value !== '')

function glob(piece: fc.Arbitrary<string>): fc.Arbitrary<Pattern> {
  // Between two stars there is something: `**` is `*`.
  return fc
    .tuple(piece, fc.array(notEmpty, { maxLength: 2 }), piece)
    .map(([first, between, last]): Pattern => [first, ...between, last])
}

const exact = (piece: fc.Arbitrary<string>): fc.Arbitrary<Pattern> => piece.map((value): Pattern => [value])
const anyPattern = fc.oneof(exact(word), glob(word))
const smallLetters = ([first, ...more]: Pattern): Pattern => [small(first), ...more.map(small)]
const small = (value: string): string => value.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
const part = fc.oneof(exact(notEmpty), glob(notEmpty)).map(smallLetters)
const inLowerCase = ([first, ...more]: Pattern): Pattern => [
  first.toLowerCase(),
  ...more.map((value) => value.toLowerCase()),
]
const lowerCase = fc.oneof(exact(notEmpty), glob(word)).map(inLowerCase)
const choice = (words: readonly string[]): fc.Arbitrary<Pattern> => exact(fc.constantFrom(...words))
const fieldPath = fc.constantFrom(
  'spec.replicas',
  'image',
  'spec.containers[api]',
  'metadata.labels[a/b]',
  'x y',
  'a,b',
)
const network = choice(['10.0.0.0/8', '10.1.2.3', '2001:db8::/32', '::', '0.0.0.0/0'])

const patternsOf: Readonly<Record<TextKey, fc.Arbitrary<Pattern>>> = {
  cluster: fc.oneof(exact(notEmpty), glob(word)),
  actor: anyPattern,
  as: anyPattern,
  initiator: anyPattern,
  group: fc.oneof(exact(notEmpty), glob(word)),
  is: choice(['human', 'bot', 'node', 'impersonated', 'failed-open', 'odd', 'chosen-id']),
  verb: lowerCase,
  class: choice(eventClasses),
  kind: fc.oneof(
    choice(['deploy', 'deployments', 'pods.v1', 'widget', 'a.v1.v1']),
    glob(fc.constant('y')).map(inLowerCase),
  ),
  ns: anyPattern,
  name: anyPattern,
  sub: anyPattern,
  uid: exact(notEmpty),
  outcome: choice(outcomes),
  stage: choice(stages),
  level: choice(levels),
  reason: part,
  client: lowerCase,
  'user-agent': part,
  ip: network,
  claimed: network,
  audit: exact(notEmpty),
  changed: fc.oneof(
    exact(fieldPath),
    fc.tuple(fieldPath, fieldPath).map((pieces): Pattern => pieces),
  ),
  to: anyPattern,
  from_value: anyPattern,
  image: fc.oneof(exact(notEmpty), glob(word)),
  rule: fc.oneof(exact(notEmpty), glob(word)),
  vio: exact(notEmpty),
  severity: choice(severities),
  control: fc.oneof(exact(notEmpty), glob(word)),
}

const values = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<readonly T[]> => fc.array(one, { minLength: 1, maxLength: 3 })

const anyMatches = fc
  .constantFrom(...textKeys)
  .chain((key) => values(patternsOf[key]).map((patterns) => matches(key, patterns)))

/** The least and the greatest number that can be asked for. */
const numbersOf: readonly (readonly [NumberKey, min: number, max: number])[] = [
  ['code', 100, 999],
  ['took', 0, durationUsMax],
  ['created', 0, timeAskedUsMax],
  ['seen', 0, timeAskedUsMax],
]
const anyWithin = fc.constantFrom(...numbersOf).chain(([key, min, max]) => {
  const number = fc.oneof(fc.integer({ min, max }), fc.constantFrom(min, max), fc.integer({ min, max: min + 3 }))
  const range = fc.tuple(number, number, fc.constantFrom('both', 'min', 'max')).map(([a, b, side]) => ({
    min: side === 'max' ? null : Math.min(a, b),
    max: side === 'min' ? null : Math.max(a, b),
  }))
  return values(range).map((ranges) => within(key, ranges))
})
const anySays = part.map((pattern): Query => ({ kind: 'says', text: pattern }))

/** Small enough to keep every bound. */
export const anyQuery: fc.Arbitrary<Query> = fc.letrec<{ query: Query; leaf: Query }>((tie) => ({
  leaf: fc.oneof({ weight: 5, arbitrary: anyMatches }, { weight: 2, arbitrary: anyWithin }, anySays),
  query: fc.oneof(
    { maxDepth: 4 },
    { weight: 2, arbitrary: tie('leaf') },
    fc.array(tie('query'), { minLength: 1, maxLength: 3 }).map(and),
    fc.array(tie('query'), { minLength: 1, maxLength: 3 }).map(or),
    tie('query').map(not),
  ),
})).query

const pieces = fc.constantFrom(
  '(',
  ')',
  '-',
  'OR',
  'AND',
  'NOT',
  '"',
  '\\',
  '\\"',
  ',',
  ':',
  '*',
  '..',
  '>',
  '<=',
  '/',
  ' ',
  '\n',
  '%',
  '_',
  'ns:',
  'actor:',
  'kind:',
  'is:',
  'after:',
  'code:',
  'took:',
  'obj:',
  'ip:',
  'created:',
  'image:',
  'changed:',
  'to:',
  'from_value:',
  'label:',
  'nope:',
  'prod',
  'a',
  'sa:ci/x',
  'deploy',
  'write',
  '-1h',
  '2026-11-20',
  '404',
  '10m',
  'deploy/api',
  '10.0.0.0/8',
  '""',
  '\\u{41}',
  '\\u{0}',
  '\\u{d800}',
  '\0',
  '\ud800',
  '\u{1f600}',
  '\u{200b}',
  'é',
)
/** Texts that look like queries more often than random ones do. */
export const queryLike = fc.array(pieces, { maxLength: 24 }).map((parts) => parts.join(''))
/** Texts that are queries nearly always. */
export const queryText = fc
  .array(
    fc.tuple(
      fc.constantFrom('', '-', 'NOT ', '('),
      fc.constantFrom(
        'ns:a',
        'ns:b*',
        'obj:deploy/api,cm/x',
        'is:write,human',
        'code:>=400',
        'x',
        '"a b"',
        'on:2026-11-20',
        'kind:po',
        'changed:spec.replicas',
        'to:0',
        'from_value:""',
      ),
      fc.constantFrom(' ', ' OR ', ' AND '),
    ),
    { minLength: 1, maxLength: 12 },
  )
  .map((terms) => {
    const open = terms.filter(([sign]) => sign === '(').length
    const text = terms.map(([sign, term, join], at) => sign + term + (at === terms.length - 1 ? '' : join)).join('')
    return text + ')'.repeat(open)
  })
