import { expect, test } from 'vitest'
import { errorsOf, evaluated, programOf, valueOf } from './cel-for-tests.ts'
import { compileCel } from './compile-cel.ts'
import { method } from './overload.ts'

const pod = {
  metadata: { name: 'api-7', labels: { app: 'api', 'a/b': 'c' } },
  spec: {
    replicas: 3,
    share: 3.5,
    containers: [
      { name: 'api', image: 'api:1' },
      { name: 'log', image: 'log' },
    ],
  },
  empty: null,
}

test('what is wrong has its line, its column and how to mend it', () => {
  expect(errorsOf('verb ==\n  "get" && ob.spec', { verb: 'string', obj: 'map' })).toEqual([
    { message: 'there is no variable "ob"', line: 2, column: 12, hint: 'there are verb, obj' },
  ])
  expect(errorsOf('verbs == "get"', { verb: 'string' })).toEqual([
    { message: 'there is no variable "verbs"', line: 1, column: 1, hint: 'did you mean "verb"?' },
  ])
  expect(errorsOf('verb = "get"', { verb: 'string' })).toEqual([
    { message: '"=" means nothing here', line: 1, column: 6, hint: 'to compare, write ==' },
  ])
  expect(errorsOf("'😀' + 'unended")).toEqual([
    { message: 'a string does not end', line: 1, column: 7, hint: "close it with '" },
  ])
  expect(errorsOf('[1, 2')).toMatchObject([{ column: 6, hint: 'each bracket must be closed' }])
  expect(errorsOf('')).toMatchObject([{ message: 'the expression ends too early', line: 1, column: 1 }])
  expect(errorsOf('"a".startswith("b")')).toMatchObject([{ hint: 'did you mean "startsWith"?' }])
  expect(errorsOf('startsWith("a", "b")')).toMatchObject([{ hint: 'write value.startsWith(string)' }])
  expect(errorsOf('has(a)', { a: 'map' })).toMatchObject([{ message: 'has() takes a field', column: 4 }])
})

test('kinds that are known are held to what they may be, before evaluation', () => {
  for (const text of [
    "1 + 'a'",
    'true || 32',
    "true ? 1 : 'a'",
    "1 == 'a'",
    "'a'.matches(1)",
    '!1',
    "has('a'.b)",
    '1.all(x, true)',
    '[1].all(x, 2)',
    "'a'.matches('(')",
    "'a'.matches('(?=a)')",
    '-"a"',
  ]) {
    expect(errorsOf(text), text).toHaveLength(1)
  }
  expect(errorsOf('nope + nothing')).toHaveLength(2)
  expect(errorsOf("a + 1 == b && c.startsWith('x')", { a: 'dyn', b: 'dyn', c: 'dyn' })).toEqual([])
})

test('plain JSON is read as it is: ints stay ints, other numbers are doubles', () => {
  expect(valueOf('object.spec.replicas + 1 == 4 && type(object.spec.replicas) == int', { object: pod })).toBe(true)
  expect(valueOf('type(object.spec.share) == double && object.spec.share > 3', { object: pod })).toBe(true)
  expect(valueOf('object.spec.containers.exists(c, c.image.contains(":"))', { object: pod })).toBe(true)
  expect(valueOf('object.metadata.labels["a/b"] + object.metadata.labels.`a/b`', { object: pod })).toBe('cc')
  expect(valueOf('has(object.empty) && object.empty == null', { object: pod })).toBe(true)
  expect(valueOf('object.?spec.?nope.orValue(7)', { object: pod })).toBe(7)
  expect(valueOf('type(object.spec.replicas * 1.0)', { object: pod })).toMatchObject({ kind: 'error' })
})

test('ints are exact over 64 bits, and no further', () => {
  expect(valueOf('a * a', { a: 3_000_000_000 })).toBe(9_000_000_000_000_000_000n)
  expect(valueOf('9007199254740993 - 1')).toBe(9_007_199_254_740_992n)
  expect(valueOf('9007199254740993 - 9007199254740990')).toBe(3)
  expect(valueOf('9223372036854775807 + 1')).toMatchObject({ kind: 'error', says: 'an int is beyond 64 bits' })
  expect(valueOf('-7 / 2 == -3 && -7 % 2 == -1')).toBe(true)
  expect(Object.is(valueOf('0 * -1'), 0)).toBe(true)
  expect(valueOf('1 / 0')).toMatchObject({ kind: 'error', at: { line: 1, column: 1 } })
})

test('a field that is not there is an error, never false, and has its place', () => {
  expect(evaluated('true &&\n object.spec.nope == 1', { object: pod })).toEqual({
    kind: 'error',
    says: 'there is no field "nope"',
    at: { line: 2, column: 2 },
  })
  expect(valueOf('object.spec.nope == 1 || true', { object: pod })).toBe(true)
  expect(valueOf('object.spec.nope == 1 && false', { object: pod })).toBe(false)
})

test('strings are counted, cut and ordered by code point', () => {
  expect(valueOf("size('a😀b') == 3 && 'a😀b'.charAt(1) == '😀' && 'a😀b'.indexOf('b') == 2")).toBe(true)
  expect(valueOf("'\uffff' < '😀'")).toBe(true)
  expect(valueOf("'a😀b'.substring(1, 2).reverse() == '😀'")).toBe(true)
})

test('times have microseconds and more', () => {
  const event = { at: '2026-11-26T10:00:00.000001Z' }
  expect(valueOf('timestamp(e.at) - timestamp("2026-11-26T10:00:00Z") == duration("1us")', { e: event })).toBe(true)
  expect(valueOf('timestamp(e.at).getHours("Europe/Berlin") == 11', { e: event })).toBe(true)
  expect(valueOf('string(timestamp(e.at)) == e.at', { e: event })).toBe(true)
})

test('a name of a macro hides that of a variable, and only inside of it', () => {
  expect(valueOf('[1, 2].all(x, [3].exists(x, x == 3)) && x == 9', { x: 9 })).toBe(true)
  expect(valueOf('[[1, 2], [3]].map(x, x.map(y, y + size(x)))')).toEqual([[3, 4], [4]])
  expect(valueOf('cel.bind(x, 2, cel.bind(y, x + 1, x * y))')).toBe(6)
  expect(valueOf('{"a": 1}.all(k, v, k == "a" && v == 1)')).toBe(true)
})

test('functions of a caller stand beside those of the language', () => {
  const shout = method<[string]>('shout', ['string'], 'string', ([text]) => `${text}!`)
  const compiled = compileCel('a.shout()', { variables: { a: 'string' }, functions: [shout] })
  expect(compiled.ok && compiled.program.evaluate({ a: 'hey' })).toEqual({ kind: 'value', value: 'hey!' })
  expect(compiled.ok && compiled.program.gives).toBe('string')
})

test('a program gives the same again, and evaluations know nothing of each other', () => {
  const program = programOf('[1, 2, 3].filter(i, i > n)', { n: 0 })
  expect(program.evaluate({ n: 1 })).toEqual({ kind: 'value', value: [2, 3] })
  expect(program.evaluate({ n: 2 })).toEqual({ kind: 'value', value: [3] })
  expect(program.evaluate({})).toMatchObject({ kind: 'error', says: 'no value was given for "n"' })
})
