// Expressions made up at random, against another engine that passes the public cases.

import { celEnv, isCelError, isCelList, isCelMap, isCelType, isCelUint, parse, plan } from '@bufbuild/cel'
import { isReflectMessage } from '@bufbuild/protobuf/reflect'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { evaluated } from './cel-for-tests.ts'
import { entriesOf } from './compare.ts'
import { CelDuration, CelTimestamp, CelType, CelUint, kindOf, numberOf, type Value } from './value.ts'

/** How many expressions a run makes up. */
const runs = 2_000

const environment = celEnv()
const given = { s: 'abc', n: 3, l: [1, 2, 3], m: { a: 1, b: 'x', nested: { c: true } } }
/** The other engine has ints as bigints only. */
const theirs = { s: 'abc', n: 3n, l: [1n, 2n, 3n], m: { a: 1n, b: 'x', nested: { c: true } } }

const leaf = fc.oneof(
  fc.integer({ min: -5, max: 5 }).map((number) => (number < 0 ? `(${number})` : String(number))),
  fc.constantFrom('9223372036854775807', '9007199254740993', '4611686018427387904'),
  fc.constantFrom('1.5', '-0.0', '2.0', '1e300', '3u', '0u', 'true', 'false', 'null'),
  fc.constantFrom(
    '"a"',
    '"😀b"',
    '""',
    "b'xy'",
    's',
    'n',
    'l',
    'm',
    'm.a',
    'm.b',
    'm.nope',
    'm.nested.c',
    'l[1]',
    'l[9]',
  ),
  fc.constantFrom('duration("90s")', 'timestamp("2026-11-26T10:00:00.5Z")'),
)

/** Of numbers only: the other engine reads "" as 0 and "abc" as NaN, and makes an int of a duration. */
const converted = fc
  .tuple(fc.constantFrom('int', 'double', 'string', 'uint'), fc.constantFrom('n', '-7', '3u', '2.5', '1e300'))
  .map(([name, of]) => `${name}(dyn(${of}))`)

/** Of one kind mostly, so that sums have values: kinds that are chosen blindly seldom go together. */
const { sum } = fc.letrec<{ sum: string }>((tie) => ({
  sum: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom('n', '2', '3', '-7', '-2', '9223372036854775807', '9007199254740993', '4611686018427387904'),
    fc
      .tuple(tie('sum'), fc.constantFrom('+', '-', '*', '/', '%'), tie('sum'))
      .map(([left, sign, right]) => `(${left} ${sign} ${right})`),
  ),
}))
/** Small ones: the other engine does not take an int beyond 2^53 for the nearest double, as the public cases do. */
const doubleSum = sum.map((text) =>
  text
    .replaceAll(/n|-?\d+/g, (number) => (number === 'n' ? '0.5' : number.length > 3 ? '2.5' : `${number}.0`))
    .replaceAll('%', '-'),
)
const compared = fc
  .tuple(fc.oneof(sum, doubleSum), fc.constantFrom('==', '!=', '<', '<=', '>', '>='), fc.oneof(sum, doubleSum))
  .map(([left, sign, right]) => `dyn(${left}) ${sign} dyn(${right})`)

const { expression } = fc.letrec<{ expression: string }>((tie) => {
  const one = tie('expression')
  const binary = fc
    .tuple(one, fc.constantFrom('+', '-', '*', '/', '%', '==', '!=', '<', '<=', '>', '>=', '&&', '||', 'in'), one)
    .map(([left, sign, right]) => `dyn(${left}) ${sign} dyn(${right})`)
  return {
    expression: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      leaf,
      sum,
      doubleSum,
      compared,
      binary.map((text) => `(${text})`),
      converted,
      fc.tuple(fc.constantFrom('size', 'type'), one).map(([name, of]) => `${name}(dyn(${of}))`),
      fc.tuple(one, one, one).map(([condition, yes, no]) => `(dyn(${condition}) ? dyn(${yes}) : dyn(${no}))`),
      fc.array(one, { maxLength: 3 }).map((items) => `[${items.map((item) => `dyn(${item})`).join(', ')}]`),
      fc.tuple(one, one).map(([value, other]) => `{"k": dyn(${value}), 2: dyn(${other})}`),
      fc
        .tuple(one, fc.constantFrom('all', 'exists', 'exists_one', 'map', 'filter'), one)
        .map(([range, name, body]) => `dyn(${range}).${name}(x, dyn(x) == dyn(${body}) || x != dyn(x))`),
      fc
        .tuple(one, fc.constantFrom('startsWith', 'endsWith', 'contains'), one)
        .map(([text, name, part]) => `dyn(${text}).${name}(dyn(${part}))`),
      one.map((text) => `!dyn(${text})`),
    ),
  }
})

test('an expression gives what another engine gives, or an error where that has one', () => {
  fc.assert(
    fc.property(expression, (text) => {
      const result = evaluated(text, given)
      const ours = result.kind === 'value' ? told(result.value) : result.kind
      expect(ours, text).toEqual(toldOfTheirs(text))
    }),
    { numRuns: runs },
  )
})

function toldOfTheirs(text: string): unknown {
  const result = plan(environment, parse(text))(theirs)
  return isCelError(result) ? 'error' : toldAny(result)
}

/** Both engines' values in one form: kind and content. */
function told(value: Value): unknown {
  const kind = kindOf(value)
  if (typeof value === 'bigint' || kind === 'int') return `int ${value as number}`
  if (value instanceof CelUint) return `uint ${value.value}`
  if (value instanceof CelType) return `type ${value.name}`
  if (kind === 'double') return `double ${numberOf(value)}`
  if (value instanceof Uint8Array) return `bytes ${value.join(' ')}`
  if (Array.isArray(value)) return value.map((item: Value) => told(item))
  if (kind === 'map') return new Map([...entriesOf(value)].map(([key, item]) => [told(key), told(item)]))
  if (value instanceof CelDuration || value instanceof CelTimestamp) return `time ${value.nanos}`
  return value
}

function toldAny(value: unknown): unknown {
  if (typeof value === 'bigint') return `int ${value}`
  if (typeof value === 'number') return `double ${value}`
  if (isCelUint(value)) return `uint ${value.value}`
  if (isCelType(value)) return `type ${value.name}`
  if (value instanceof Uint8Array) return `bytes ${value.join(' ')}`
  if (isCelList(value)) return [...value].map(toldAny)
  if (isCelMap(value)) return new Map([...value].map(([key, item]) => [toldAny(key), toldAny(item)]))
  if (isReflectMessage(value)) {
    const { seconds = 0n, nanos = 0 } = value.message as { readonly seconds?: bigint; readonly nanos?: number }
    return `time ${seconds * 1_000_000_000n + BigInt(nanos)}`
  }
  return value
}
