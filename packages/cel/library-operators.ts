// The operators, size() and what is asked of any value.

import { madeSizeMax } from './bounds.ts'
import { compare, equals, lookUp, mapKey, sizeOfMap } from './compare.ts'
import { method, plain, type Overload, type StaticKind } from './overload.ts'
import type { Run } from './run.ts'
import { codePoints } from './text.ts'
import {
  CelDuration,
  CelTimestamp,
  CelType,
  CelUint,
  doubleOf,
  durationOf,
  Failure,
  Fault,
  intOf,
  kindOf,
  numberOf,
  timestampOf,
  uintOf,
  type Value,
} from './value.ts'

type Int = number | bigint

export const operators: readonly Overload[] = [
  ...arithmetic(),
  ...times(),
  ...orders(),
  plain<[string, string]>('+', ['string', 'string'], 'string', ([left, right], run) => {
    if (left.length + right.length > madeSizeMax)
      return new Failure(`a string is longer than ${madeSizeMax} characters`)
    run.spend((left.length + right.length) >> 6)
    return left + right
  }),
  plain<[Uint8Array, Uint8Array]>('+', ['bytes', 'bytes'], 'bytes', ([left, right], run) => {
    if (left.length + right.length > madeSizeMax) return new Failure(`bytes are more than ${madeSizeMax}`)
    run.spend((left.length + right.length) >> 6)
    return Uint8Array.from([...left, ...right])
  }),
  plain<[readonly Value[], readonly Value[]]>('+', ['list', 'list'], 'list', ([left, right], run) => {
    if (left.length + right.length > madeSizeMax) return new Failure(`a list has more than ${madeSizeMax} items`)
    run.spend(left.length + right.length)
    return [...left, ...right]
  }),
  plain<[boolean]>('!', ['bool'], 'bool', ([value]) => !value),
  plain<[Value, readonly Value[]]>('in', ['dyn', 'list'], 'bool', ([value, list], run) => isIn(value, list, run)),
  plain<[Value, Value]>('in', ['dyn', 'map'], 'bool', ([key, map]) => {
    if (mapKey(key) === undefined) return new Failure(`a key cannot be ${kindOf(key)}`)
    const found = lookUp(map, key)
    return found instanceof Fault ? found : found !== undefined
  }),
  ...sizes('size', (name, kind, does) => [plain(name, [kind], 'int', does), method(name, [kind], 'int', does)]),
  plain<[Value]>('type', ['dyn'], 'type', ([value]) => new CelType(typeNames[kindOf(value)] ?? kindOf(value))),
  plain<[Value]>('dyn', ['dyn'], 'dyn', ([value]) => value),
]

const typeNames: Readonly<Record<string, string>> = {
  null: 'null_type',
  timestamp: 'google.protobuf.Timestamp',
  duration: 'google.protobuf.Duration',
  optional: 'optional_type',
  ip: 'net.IP',
  cidr: 'net.CIDR',
  quantity: 'kubernetes.Quantity',
  url: 'kubernetes.URL',
  semver: 'kubernetes.Semver',
}

function isIn(value: Value, list: readonly Value[], run: Run): Value {
  let open: Fault | undefined
  for (const item of list) {
    run.spend(1)
    const same = equals(value, item, run)
    if (same === true) return true
    if (same !== false) open ??= same
  }
  return open ?? false
}

/** Small ints stay numbers; what leaves the safe range is computed again, exactly. */
function onInts(small: (left: number, right: number) => number, exact: (left: bigint, right: bigint) => bigint) {
  return ([left, right]: readonly [Int, Int]): Value => {
    if (typeof left === 'number' && typeof right === 'number') {
      const result = small(left, right)
      // `+ 0` makes 0 of -0, which is no int.
      if (Number.isSafeInteger(result)) return result + 0
    }
    return intOf(exact(BigInt(left), BigInt(right)))
  }
}

function arithmetic(): readonly Overload[] {
  const signs: readonly {
    readonly sign: string
    readonly small: (left: number, right: number) => number
    readonly exact: (left: bigint, right: bigint) => bigint
  }[] = [
    { sign: '+', small: (left, right) => left + right, exact: (left, right) => left + right },
    { sign: '-', small: (left, right) => left - right, exact: (left, right) => left - right },
    { sign: '*', small: (left, right) => left * right, exact: (left, right) => left * right },
    { sign: '/', small: (left, right) => left / right, exact: (left, right) => left / right },
    { sign: '%', small: (left, right) => left % right, exact: (left, right) => left % right },
  ]
  return signs
    .flatMap(({ sign, small, exact }) => {
      const divides = sign === '/' || sign === '%'
      const ints = onInts(sign === '/' ? (left, right) => Math.trunc(left / right) : small, exact)
      const overloads: Overload[] = [
        plain<[Int, Int]>(sign, ['int', 'int'], 'int', (args) =>
          divides && Number(args[1]) === 0 ? new Failure('an int is divided by 0') : ints(args),
        ),
        plain<[CelUint, CelUint]>(sign, ['uint', 'uint'], 'uint', ([left, right]) =>
          divides && right.value === 0n
            ? new Failure('a uint is divided by 0')
            : uintOf(exact(left.value, right.value)),
        ),
      ]
      if (sign !== '%') {
        overloads.push(
          plain<[Value, Value]>(sign, ['double', 'double'], 'double', ([left, right]) =>
            doubleOf(small(numberOf(left) ?? Number.NaN, numberOf(right) ?? Number.NaN)),
          ),
        )
      }
      return overloads
    })
    .concat(
      plain<[Int]>('neg', ['int'], 'int', ([value]) => intOf(-BigInt(value))),
      plain<[Value]>('neg', ['double'], 'double', ([value]) => doubleOf(-(numberOf(value) ?? Number.NaN))),
    )
}

function times(): readonly Overload[] {
  return [
    plain<[CelTimestamp, CelDuration]>('+', ['timestamp', 'duration'], 'timestamp', ([time, by]) =>
      timestampOf(time.nanos + by.nanos),
    ),
    plain<[CelDuration, CelTimestamp]>('+', ['duration', 'timestamp'], 'timestamp', ([by, time]) =>
      timestampOf(time.nanos + by.nanos),
    ),
    plain<[CelDuration, CelDuration]>('+', ['duration', 'duration'], 'duration', ([left, right]) =>
      durationOf(left.nanos + right.nanos),
    ),
    plain<[CelTimestamp, CelTimestamp]>('-', ['timestamp', 'timestamp'], 'duration', ([left, right]) =>
      durationOf(left.nanos - right.nanos),
    ),
    plain<[CelTimestamp, CelDuration]>('-', ['timestamp', 'duration'], 'timestamp', ([time, by]) =>
      timestampOf(time.nanos - by.nanos),
    ),
    plain<[CelDuration, CelDuration]>('-', ['duration', 'duration'], 'duration', ([left, right]) =>
      durationOf(left.nanos - right.nanos),
    ),
  ]
}

function orders(): readonly Overload[] {
  const numbers: readonly StaticKind[] = ['int', 'uint', 'double']
  const pairs: readonly (readonly [StaticKind, StaticKind])[] = [
    ...numbers.flatMap((left) => numbers.map((right) => [left, right] as const)),
    ...(['string', 'bool', 'bytes', 'timestamp', 'duration'] as const).map((kind) => [kind, kind] as const),
  ]
  const signs: readonly (readonly [string, (order: number) => boolean])[] = [
    ['<', (order) => order < 0],
    ['<=', (order) => order <= 0],
    ['>', (order) => order > 0],
    ['>=', (order) => order >= 0],
  ]
  return signs.flatMap(([sign, holds]) =>
    pairs.map((pair) =>
      plain<[Value, Value]>(sign, pair, 'bool', ([left, right], run) => holds(compare(left, right, run) ?? Number.NaN)),
    ),
  )
}

function sizes(
  name: string,
  both: (name: string, kind: StaticKind, does: (args: readonly [Value], run: Run) => Value) => readonly Overload[],
): readonly Overload[] {
  return [
    ...both(name, 'string', ([text], run) => {
      run.spend((text as string).length >> 6)
      return codePoints(text as string)
    }),
    ...both(name, 'bytes', ([bytes]) => (bytes as Uint8Array).length),
    ...both(name, 'list', ([list]) => (list as readonly Value[]).length),
    ...both(name, 'map', ([map], run) => {
      const size = sizeOfMap(map)
      run.spend(size >> 3)
      return size
    }),
  ]
}
