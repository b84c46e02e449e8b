import { expect, test } from 'vitest'
import { evaluated } from './cel-for-tests.ts'
import { Unknown } from './value.ts'

const object = new Unknown('/requestObject')
const given = { object, old: { spec: new Unknown('/old/spec'), name: 'a' }, verb: 'update', list: [1, object, 3] }
const unknown = (...paths: readonly string[]): unknown => ({ kind: 'unknown', paths })

test('what is not known is neither false nor an error, wherever it is used', () => {
  for (const text of [
    'object',
    'object.spec.replicas > 3',
    'has(object.spec)',
    'has(object.spec.a.b)',
    'object[0]',
    'object.?spec.?a.orValue(1) == 1',
    '!object.a',
    '-object.a < 0',
    'object == null',
    '"a" in object',
    'size(object) == 0',
    'object.all(x, true)',
    'object.exists(x, x)',
    'object.map(x, 1)',
    'string(object)',
    '[object]',
    '{"a": object}',
    'object ? 1 : 2',
    'cel.bind(x, object, x.a)',
    'type(object)',
    'list[1] == 2',
    '2 in list',
    'list.map(x, x)',
    'list.filter(x, x > 1)',
    'list.exists_one(x, x == 1)',
    'list.sort()',
    'list.slice(1, 2).first().hasValue()',
    'list.slice(0, 2).last().value() == 2',
    'list.slice(1, 3).unwrapOpt()',
    'list.sum() == 1',
    'list.max() == 3',
    'list.distinct()',
    'list.indexOf(3)',
    'sets.contains(list, [2])',
    'math.greatest(list)',
    '["a"].join(object)',
    'list == [1, 2, 3]',
    '"%s".format([object])',
    'list.exists(x, x == 2)',
    'list.all(x, x < 5)',
  ]) {
    const result = evaluated(text, given)
    expect(result.kind, text).toBe('unknown')
    if (result.kind === 'unknown') expect(result.paths.join(), text).toMatch(/^\/requestObject(?:\/[a-z0-9/]+)?$/)
  }
})

test('the path of what would have to be known is as deep as it is asked', () => {
  for (const [text, ...paths] of [
    ['object.spec.replicas > 3', '/requestObject/spec/replicas'],
    ['has(object.spec.a)', '/requestObject/spec/a'],
    ['object.?spec[?"x/y"].orValue(1) == 1', '/requestObject/spec/x~1y'],
    ['object.items[2].a == 1', '/requestObject/items/2/a'],
    ['object.items.all(x, x.a == 1)', '/requestObject/items'],
    ['object.a && old.spec.b', '/requestObject/a', '/old/spec/b'],
    ['object.a == object.b || object.a', '/requestObject/a', '/requestObject/b'],
  ] as const) {
    expect(evaluated(text, given), text).toEqual(unknown(...paths))
  }
  expect(evaluated(`object${'.abcdefghij'.repeat(150)}`, given)).toMatchObject({
    paths: [expect.stringMatching(/^.{500,520}$/)],
  })
})

test('it is absorbed where the other side decides, on either side', () => {
  for (const [text, value] of [
    ['object.a && verb == "get"', false],
    ['verb == "get" && object.a', false],
    ['object.a || verb == "update"', true],
    ['verb == "update" || object.a', true],
    ['verb == "update" ? 1 : object.a', 1],
    ['list.exists(x, x == 3)', true],
    ['list.all(x, x < 3)', false],
    ['1 in list', true],
    ['list == [2, 2, 3]', false],
    ['list == [1, 2]', false],
    ['old.name == "a"', true],
    ['has(old.name)', true],
    ['size(list) == 3', true],
    ['cel.bind(x, object, 1)', 1],
  ] as const) {
    expect(evaluated(text, given), text).toEqual({ kind: 'value', value })
  }
})

test('all that would have to be known is said', () => {
  expect(evaluated('object.a && old.spec.b', given)).toEqual(unknown('/requestObject/a', '/old/spec/b'))
  expect(evaluated('object.a == old.spec.b', given)).toEqual(unknown('/requestObject/a', '/old/spec/b'))
})

test('with an error beside it, it stays unknown: the error might not matter', () => {
  expect(evaluated('1 / 0 == 1 && object.a', given)).toEqual(unknown('/requestObject/a'))
  expect(evaluated('object.a || 1 / 0 == 1', given)).toEqual(unknown('/requestObject/a'))
  expect(evaluated('object.a + 1 / 0', given)).toEqual(unknown('/requestObject/a'))
  expect(evaluated('[0, 1].all(x, x == 1 ? object.a : 1 / x == 1)', given)).toEqual(unknown('/requestObject/a'))
})
