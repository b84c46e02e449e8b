// What an expression works on. Plain JSON goes in as it is: nothing is copied or wrapped before evaluation.

/**
 * A value of the language.
 *
 * - int: a number that is a safe integer; beyond ±2^53, a bigint. So JSON's 3 is an int.
 * - double: a number that is no safe integer (3.5, 1e300, NaN), or a CelDouble around one that looks like an int (3.0).
 * - map: a JSON object, or a CelMap where an expression made it.
 */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly Value[]
  | { readonly [key: string]: Value }
  | CelObject
  | Fault

export type Kind =
  | 'null'
  | 'bool'
  | 'int'
  | 'uint'
  | 'double'
  | 'string'
  | 'bytes'
  | 'list'
  | 'map'
  | 'timestamp'
  | 'duration'
  | 'type'
  | 'optional'
  | 'quantity'
  | 'url'
  | 'ip'
  | 'cidr'
  | 'semver'
  | 'fault'

/** What is not JSON: made by expressions only. */
export abstract class CelObject {
  abstract readonly kind: Kind
}

/** A double whose value is a safe integer. Others are plain numbers; doubleOf chooses. */
export class CelDouble extends CelObject {
  readonly kind = 'double'
  readonly value: number
  constructor(value: number) {
    super()
    this.value = value
  }
}

export class CelUint extends CelObject {
  readonly kind = 'uint'
  readonly value: bigint
  constructor(value: bigint) {
    super()
    this.value = value
  }
}

/** Nanoseconds since 1970, UTC. */
export class CelTimestamp extends CelObject {
  readonly kind = 'timestamp'
  readonly nanos: bigint
  constructor(nanos: bigint) {
    super()
    this.nanos = nanos
  }
}

export class CelDuration extends CelObject {
  readonly kind = 'duration'
  readonly nanos: bigint
  constructor(nanos: bigint) {
    super()
    this.nanos = nanos
  }
}

export class CelType extends CelObject {
  readonly kind = 'type'
  readonly name: string
  constructor(name: string) {
    super()
    this.name = name
  }
}

/** optional.of(value); optional.none() has no value. */
export class CelOptional extends CelObject {
  readonly kind = 'optional'
  readonly value: Value | undefined
  constructor(value: Value | undefined) {
    super()
    this.value = value
  }
}

/** A map that an expression made. Keys are kept by mapKey, so that 1, 1u and 1.0 are one key. */
export class CelMap extends CelObject {
  readonly kind = 'map'
  readonly entries: ReadonlyMap<string, readonly [key: Value, value: Value]>
  constructor(entries: ReadonlyMap<string, readonly [key: Value, value: Value]>) {
    super()
    this.entries = entries
  }
}

/** What takes the place of a value: an error, or that it is not known. */
export abstract class Fault {
  readonly kind = 'fault'
}

/** An error of evaluation. `at` is an offset into the text; -1 until the call that failed says where it stands. */
export class Failure extends Fault {
  readonly says: string
  readonly at: number
  constructor(says: string, at = -1) {
    super()
    this.says = says
    this.at = at
  }
}

/** What was not recorded; `paths` say what would have to be known. Put one anywhere into bindings. */
export class Unknown extends Fault {
  readonly paths: readonly string[]
  constructor(...paths: readonly string[]) {
    super()
    this.paths = paths
  }
}

export function kindOf(value: Value): Kind {
  switch (typeof value) {
    case 'string':
      return 'string'
    case 'number':
      return Number.isSafeInteger(value) ? 'int' : 'double'
    case 'boolean':
      return 'bool'
    case 'bigint':
      return 'int'
    default:
  }
  if (value === null) return 'null'
  // Most are plain JSON: one look at the prototype is cheaper than three at the classes.
  if (Object.getPrototypeOf(value) === Object.prototype) return 'map'
  if (value instanceof CelObject || value instanceof Fault) return value.kind
  if (Array.isArray(value)) return 'list'
  return value instanceof Uint8Array ? 'bytes' : 'map'
}

/** Of two that stand in for values: what is not known goes before an error, and adds up. */
export function worseOf(left: Fault, right: Fault): Fault {
  if (left instanceof Unknown && right instanceof Unknown) {
    return new Unknown(...new Set([...left.paths, ...right.paths]))
  }
  return right instanceof Unknown ? right : left
}

export const isInt = (value: Value): value is number | bigint =>
  typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value))

export const doubleOf = (value: number): Value => (Number.isSafeInteger(value) ? new CelDouble(value) : value)

/** Any number as a JavaScript number, or undefined where it is none. */
export function numberOf(value: Value): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof CelDouble) return value.value
  return value instanceof CelUint ? Number(value.value) : undefined
}

const int64Max = 2n ** 63n - 1n
const int64Min = -(2n ** 63n)
const uint64Max = 2n ** 64n - 1n

/** An int of a bigint, in its one form, or an error beyond 64 bits. */
export function intOf(value: bigint): Value {
  if (value > int64Max || value < int64Min) return new Failure('an int is beyond 64 bits')
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

export const uintOf = (value: bigint): Value =>
  value < 0n || value > uint64Max ? new Failure('a uint is below 0 or beyond 64 bits') : new CelUint(value)

/** Years 1 to 9999, as the language has them. */
export function timestampOf(nanos: bigint): Value {
  return nanos < -62_135_596_800_000_000_000n || nanos > 253_402_300_799_999_999_999n
    ? new Failure('a timestamp is outside of the years 1 to 9999')
    : new CelTimestamp(nanos)
}

/** 64 bits of nanoseconds: 292 years. */
export const durationOf = (nanos: bigint): Value =>
  nanos > int64Max || nanos < int64Min ? new Failure('a duration is beyond 292 years') : new CelDuration(nanos)
