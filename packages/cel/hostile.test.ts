import fc from 'fast-check'
import { expect, test } from 'vitest'
import { depthMax, textLengthMax } from './bounds.ts'
import { compileCel } from './compile-cel.ts'
import type { Bindings } from './run.ts'
import { errorsOf, evaluated, programOf, valueOf } from './cel-for-tests.ts'

/** Milliseconds that a busy machine may take for what takes a quarter of a second; what is not bounded takes minutes. */
const soon = 10_000

const deep = { message: expect.stringContaining(`deeper than ${depthMax} levels`) }

test('nesting is bounded by a clear error and overflows no stack', () => {
  for (const text of [
    `${'('.repeat(5_000)}1${')'.repeat(5_000)}`,
    `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
    `${'!'.repeat(5_000)}true`,
    `${'- '.repeat(5_000)}a`,
    Array.from({ length: 3_000 }, () => 'a').join(' + '),
    `a${'.b'.repeat(5_000)}`,
    `a${'[0]'.repeat(5_000)}`,
    `a${'.size()'.repeat(5_000)}`,
    `${'true ? 1 : '.repeat(5_000)}2`,
    `${'[1].map(x, '.repeat(5_000)}1${')'.repeat(5_000)}`,
    // Each bracket alone is within the bound, all of them are not.
    Array.from({ length: 150 }).reduce<string>((inner) => `(${inner}${'+a'.repeat(150)})`, 'a'),
  ]) {
    expect(errorsOf(text, { a: 'dyn' }), text.slice(0, 40)).toMatchObject([deep])
  }
})

test('long chains of && and || are flat', () => {
  const chain = (sign: string): string => Array.from({ length: 3_000 }, () => 'a == 1').join(sign)
  expect(valueOf(chain(' && '), { a: 1 })).toBe(true)
  expect(valueOf(chain(' || '), { a: 2 })).toBe(false)
})

test('a text that is too long is refused before it is read', () => {
  expect(errorsOf('a'.repeat(1_000_000))).toMatchObject([
    { message: `the expression is longer than ${textLengthMax} characters` },
  ])
})

test('what JavaScript adds to objects is not there', () => {
  const object = JSON.parse('{"__proto__": {"x": 1}, "a": {}}') as { a: object; ['__proto__']: object }
  for (const name of ['constructor', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__']) {
    expect(valueOf(`has(object.${name})`, { object: { a: 1 } }), name).toBe(false)
    expect(valueOf(`object.${name}`, { object: { a: 1 } }), name).toMatchObject({ kind: 'error' })
    expect(valueOf(`"${name}" in object`, { object: { a: 1 } }), name).toBe(false)
    expect(errorsOf(name), name).toHaveLength(1)
    expect(errorsOf(`a.${name}()`, { a: 'dyn' }), name).toHaveLength(1)
    expect(valueOf(`has({"a": 1}.${name})`), name).toBe(false)
  }
  expect(valueOf('has(object.__proto__.x) && !has(object.a.__proto__)', { object: object as never })).toBe(true)
  expect(valueOf('size(list) == 1 && has(list.length)', { list: [1] })).toMatchObject({ kind: 'error' })
})

test('what multiplies ends with its budget, soon', () => {
  const ten = '[0,1,2,3,4,5,6,7,8,9]'
  const nested = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].reduceRight(
    (body, name) => `${ten}.all(${name}, ${body})`,
    'true',
  )
  const start = process.hrtime.bigint()
  expect(evaluated(nested)).toEqual({ kind: 'over-budget' })
  // Strings and lists that double.
  const doubled = (value: string, times: number): string =>
    Array.from({ length: times }).reduce<string>((inner) => `cel.bind(x, ${inner}, x + x)`, value)
  expect(evaluated(doubled('"aaaaaaaa"', 40), {}, 1e9)).toMatchObject({ kind: 'error' })
  expect(evaluated(doubled('[1, 2, 3]', 40))).toEqual({ kind: 'over-budget' })
  expect(evaluated('lists.range(1000000)')).toEqual({ kind: 'over-budget' })
  expect(evaluated('lists.range(1000000000)', {}, 1e12)).toMatchObject({ kind: 'error' })
  const double = Array.from({ length: 40 }).reduce<string>((inner) => `cel.bind(y, ${inner}, [y, y])`, '[1]')
  expect(evaluated(`${double} == ${double}`)).toEqual({ kind: 'over-budget' })
  expect(evaluated(`"%s".format([${double}])`)).toEqual({ kind: 'over-budget' })
  expect(Number(process.hrtime.bigint() - start) / 1e6).toBeLessThan(soon)
})

test('a budget is of one evaluation, and nothing absorbs its end', () => {
  const program = programOf('list.exists(x, x > 100) || true', { list: [] })
  const list = Array.from({ length: 100 }, (_, at) => at)
  expect(program.evaluate({ list }, { costMax: 100 })).toEqual({ kind: 'over-budget' })
  expect(program.evaluate({ list }, { costMax: 1_000 })).toEqual({ kind: 'value', value: true })
  expect(program.evaluate({ list }, { costMax: 1_000 })).toEqual({ kind: 'value', value: true })
})

test('a regular expression takes time as its text does', () => {
  const took = (length: number): number => {
    const start = process.hrtime.bigint()
    const text = `${'a'.repeat(length)}!`
    expect(valueOf('a.matches("^(a+)+$")', { a: text })).toBe(false)
    expect(valueOf('a.matches("(x+x+)+y")', { a: text.replaceAll('a', 'x') })).toBe(false)
    return Number(process.hrtime.bigint() - start) / 1e6
  }
  took(28)
  expect(took(20_000)).toBeLessThan(soon)
  expect(evaluated('a.matches("^(a+)+$")', { a: 'a'.repeat(20_000) }, 100)).toEqual({ kind: 'over-budget' })
  const large = 'more than 5000 parts'
  for (const p of [
    'x{1000}'.repeat(580),
    `(${'abc'.repeat(1_000)}){1000}`,
    '(?:[^]]{100}){51}',
    '(\\Q)\\Eaaaa){1000}',
    '(a{30,}){200}',
  ]) {
    expect(valueOf('a.matches(p)', { a: 'a', p }), p.slice(0, 20)).toMatchObject({
      says: expect.stringContaining(large),
    })
  }
  // What is large and allowed is charged as such.
  expect(evaluated('a.matches(p)', { a: 'x'.repeat(9_000), p: `^${'(x?){500}'.repeat(2)}$` })).toEqual({
    kind: 'over-budget',
  })
  expect(valueOf('a.matches(p)', { a: 'a', p: '(a{1000}){1000}' })).toMatchObject({ kind: 'error' })
  expect(valueOf('a.matches(p)', { a: 'a', p: 'a'.repeat(5_000) })).toMatchObject({ kind: 'error' })
})

test('regular expressions of one text are counted, and cost the same each time', () => {
  const many = Array.from({ length: 51 }, (_, at) => `a.matches("x{${at}}")`).join(' || ')
  expect(errorsOf(many, { a: 'string' })).toMatchObject([{ message: 'there are more than 50 regular expressions' }])
  const program = programOf('a.matches(p)', { a: '', p: '' })
  const cheapest = (): number => {
    let costMax = 0
    while (program.evaluate({ a: 'abc', p: 'a+' }, { costMax }).kind === 'over-budget') costMax += 1
    return costMax
  }
  const first = cheapest()
  expect([cheapest(), cheapest()]).toEqual([first, first])
})

test('texts of a million characters are read soon, whatever reads them', () => {
  const start = process.hrtime.bigint()
  for (const [text, a] of [
    ['double(a)', `${'1'.repeat(1e6)}x`],
    ['int(a)', '1'.repeat(1e6)],
    ['duration(a)', `${'1'.repeat(1e6)}x`],
    ['timestamp(a)', '1'.repeat(1e6)],
    ['a.trim()', ' '.repeat(1e6)],
    ['base64.decode(a)', `${'A'.repeat(1e6)}=!`],
    ['quantity(a)', '1'.repeat(1e6)],
    ['semver(a, true)', '1.'.repeat(5e5)],
    ['url(a)', `https://${':'.repeat(1e6)}`],
    ['cidr(a)', '1'.repeat(1e6)],
    ['a.format([1])', '%'.repeat(1e6)],
    ['a.split("").size()', '😀'.repeat(5e5)],
    ['a.replace("a", "bbbb")', 'a'.repeat(1e6)],
    ['a.lowerAscii() == a.reverse()', 'Ab'.repeat(5e5)],
  ] as const) {
    expect(['value', 'error'], text).toContain(evaluated(text, { a }, 1e7).kind)
  }
  expect(Number(process.hrtime.bigint() - start) / 1e6).toBeLessThan(soon)
})

test('values that are nested too deeply are an error where they are compared or written', () => {
  const nest = (): never => Array.from({ length: 50_000 }).reduce<unknown>((inner) => [inner], 1) as never
  expect(valueOf('a == b', { a: nest(), b: nest() })).toMatchObject({ kind: 'error' })
  expect(valueOf('"%s".format([a])', { a: nest() })).toMatchObject({ kind: 'error' })
  expect(valueOf('a.flatten(100000)', { a: nest() })).not.toMatchObject({ kind: 'error' })
})

test('whatever is written, compiling it gives a program or errors, and running it a result', () => {
  const word = fc.constantFrom(
    ...'a b 1 2u .5 "x" b\'y\' r"\\" `q` ( ) [ ] { } . ? : , + - * / % ! == != < in && || has( .all(x, .map(x, true null cel.bind( x .? [? {? 0x 1e9 "%s".format( size( type( .matches( math.greatest( optional.of( -9223372036854775808'.split(
      ' ',
    ),
  )
  const given = fc.record({ a: fc.jsonValue(), b: fc.jsonValue() })
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.array(word, { maxLength: 12 }).map((words) => words.join(' ')),
      ),
      given,
      (text, bindings) => {
        const compiled = compileCel(text, { variables: { a: 'dyn', b: 'dyn' } })
        if (!compiled.ok) {
          expect(compiled.errors.length).toBeGreaterThan(0)
          return
        }
        const result = compiled.program.evaluate(bindings as Bindings)
        expect(['value', 'error', 'over-budget']).toContain(result.kind)
        expect(compiled.program.trace(bindings as Bindings).result).toEqual(result)
      },
    ),
    { numRuns: 5_000 },
  )
})
