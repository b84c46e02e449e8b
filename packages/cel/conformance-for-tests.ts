// The public conformance cases, as those who specify the language publish them, and how they are put to this room.

import { getConformanceSuite, type IncrementalTestSuite } from '@bufbuild/cel-spec/testdata/tests.js'
import { compile } from './compile.ts'
import { compileCel } from './compile-cel.ts'
import { equals, entriesOf, lookUp, mapKey, sizeOfMap } from './compare.ts'
import { libraries } from './libraries.ts'
import { Functions, type StaticKind } from './overload.ts'
import { parse } from './parse.ts'
import { Patterns } from './patterns.ts'
import { Run } from './run.ts'
import {
  CelDuration,
  CelMap,
  CelTimestamp,
  CelType,
  doubleOf,
  Failure,
  Fault,
  intOf,
  kindOf,
  numberOf,
  uintOf,
  type Value,
} from './value.ts'

type Simple = IncrementalTestSuite['tests'][number]['original']
type SpecValue = Extract<Simple['resultMatcher'], { case: 'value' }>['value']

export interface ConformanceCase {
  /** file/section/name */
  readonly name: string
  readonly file: string
  readonly test: Simple
}

/** What only protobuf messages, or the inner form of cel-go, can express. */
const beyondJson =
  /TestAllTypes|TestRequired|NestedEnum|GlobalEnum|NestedTestAllTypes|google\.protobuf\.(?!Timestamp|Duration)|\bproto\.|cel\.@?block|cel\.iterVar|cel\.index|enum/

/** All cases, and of them those that plain JSON can express. */
export function conformanceCases(): { readonly all: number; readonly cases: readonly ConformanceCase[] } {
  const all: ConformanceCase[] = []
  const walk = (suite: IncrementalTestSuite, file: string, path: string): void => {
    for (const test of suite.tests) all.push({ name: `${path}/${test.name}`, file, test: test.original })
    for (const next of suite.suites)
      walk(next, file === '' ? next.name : file, path === '' ? next.name : `${path}/${next.name}`)
  }
  walk(getConformanceSuite(), '', '')
  const cases = all.filter(({ file, test }) => {
    const values = JSON.stringify([test.bindings, test.resultMatcher, test.typeEnv], (_, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    )
    return (
      (!['enums', 'proto2', 'proto2_ext', 'proto3', 'wrappers', 'block_ext'].includes(file) &&
        !beyondJson.test(test.expr) &&
        !/"objectValue"|"enumValue"|TestAllTypes/.test(values)) ||
      isTime(test)
    )
  })
  return { all: all.length, cases }
}

const isTime = ({ expr, resultMatcher }: Simple): boolean =>
  !beyondJson.test(expr) && resultMatcher.case === 'value' && /Timestamp|Duration/.test(typeUrl(resultMatcher.value))

const typeUrl = (value: SpecValue): string => (value.kind.case === 'objectValue' ? value.kind.value.typeUrl : '')

/** undefined where the room answers what the case expects, else what it answers instead. */
export function missOf({ test }: ConformanceCase): string | undefined {
  const bindings: Record<string, Value> = {}
  for (const [name, { kind }] of Object.entries(test.bindings)) {
    if (kind.case === 'value') bindings[name] = fromSpec(kind.value)
  }
  const value = test.disableCheck ? unchecked(test.expr, bindings) : checked(test, bindings)
  const { resultMatcher } = test
  if (test.checkOnly) return value instanceof Failure && value.says.startsWith('check:') ? value.says : undefined
  if (resultMatcher.case === 'evalError') return value instanceof Failure ? undefined : shown(value)
  if (value instanceof Failure) return value.says
  const expected =
    resultMatcher.case === 'value'
      ? fromSpec(resultMatcher.value)
      : resultMatcher.case === 'typedResult' && resultMatcher.value.result !== undefined
        ? fromSpec(resultMatcher.value.result)
        : true
  return isSame(value, expected) ? undefined : `${shown(value)}, not ${shown(expected)}`
}

function checked(test: Simple, bindings: Record<string, Value>): Value {
  const variables: Record<string, StaticKind> = {}
  for (const { name, declKind } of test.typeEnv) {
    if (declKind.case === 'ident') variables[name] = 'dyn'
  }
  for (const name of Object.keys(bindings)) variables[name] = 'dyn'
  const compiled = compileCel(test.expr, { variables })
  if (!compiled.ok) return new Failure(`check: ${compiled.errors.map(({ message }) => message).join('; ')}`)
  const result = compiled.program.evaluate(bindings)
  if (result.kind === 'value') return result.value
  return new Failure(result.kind === 'error' ? result.says : result.kind)
}

function unchecked(text: string, bindings: Record<string, Value>): Value {
  try {
    const context = { functions: new Functions(libraries), variables: Object.keys(bindings), locals: [] }
    return compile(parse(text), { ...context, compile, isTraced: false })(
      new Run(bindings, 1e6, new Patterns(new Map())),
    )
  } catch (error) {
    return new Failure(String(error))
  }
}

function fromSpec({ kind }: SpecValue): Value {
  switch (kind.case) {
    case 'int64Value':
      return intOf(kind.value)
    case 'uint64Value':
      return uintOf(kind.value)
    case 'doubleValue':
      return doubleOf(kind.value)
    case 'boolValue':
    case 'stringValue':
    case 'bytesValue':
      return kind.value
    case 'typeValue':
      return new CelType(kind.value)
    case 'listValue':
      return kind.value.values.map(fromSpec)
    case 'mapValue':
      return new CelMap(
        new Map(
          kind.value.entries.map(({ key, value }) => {
            const own = key === undefined ? null : fromSpec(key)
            return [mapKey(own) ?? '', [own, value === undefined ? null : fromSpec(value)] as const]
          }),
        ),
      )
    case 'objectValue':
      return timeOf(kind.value.typeUrl, kind.value.value)
    default:
      return null
  }
}

/** Timestamp and Duration: field 1 is seconds, field 2 nanoseconds, both varints. */
function timeOf(typeUrl: string, bytes: Uint8Array): Value {
  const fields: Record<string, bigint> = {}
  for (let at = 0; at < bytes.length;) {
    const field = (bytes[at] ?? 0) >> 3
    at += 1
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at] ?? 0
      at += 1
      value |= BigInt(byte & 127) << shift
      if (byte < 128) break
    }
    fields[field] = BigInt.asIntN(64, value)
  }
  const nanos = (fields[1] ?? 0n) * 1_000_000_000n + (fields[2] ?? 0n)
  return typeUrl.endsWith('Duration') ? new CelDuration(nanos) : new CelTimestamp(nanos)
}

/** As those who specify it compare: an int is no double, NaN is NaN. */
function isSame(one: Value, other: Value): boolean {
  const kind = kindOf(one)
  if (kind !== kindOf(other)) return false
  if (kind === 'double') return Object.is(numberOf(one), numberOf(other)) || numberOf(one) === numberOf(other)
  if (Array.isArray(one) && Array.isArray(other)) {
    return (
      one.length === other.length &&
      one.every((item: Value, at) => isSame(item, (other as readonly Value[])[at] ?? null))
    )
  }
  if (kind === 'map') {
    return (
      sizeOfMap(one) === sizeOfMap(other) &&
      [...entriesOf(one)].every(([key, value]) => isSame(value, lookUp(other, key) ?? new Failure('nothing')))
    )
  }
  return equals(one, other, new Run({}, 1e6, new Patterns(new Map()))) === true
}

const shown = (value: Value): string =>
  value instanceof Fault || value === undefined
    ? 'a fault'
    : (JSON.stringify(value, (_, own: unknown) => (typeof own === 'bigint' ? `${own}n` : own)) ?? 'nothing')
