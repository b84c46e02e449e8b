// parseSpans: reads JSON into a tree that knows where each value stands, so that bytes can be replaced in place.
import {
  backslash,
  braceClose,
  braceOpen,
  bracketClose,
  bracketOpen,
  colon,
  comma,
  quote,
  skipSpace,
} from './json-bytes.ts'

export interface ObjectSpan {
  readonly type: 'object'
  readonly start: number
  readonly end: number
  /** In the order of the text. A key that is there twice is here twice. */
  readonly members: readonly Member[]
}

interface Member {
  readonly key: string
  readonly value: Span
}

export interface ArraySpan {
  readonly type: 'array'
  readonly start: number
  readonly end: number
  readonly elements: readonly Span[]
}

interface ScalarSpan {
  readonly type: 'string' | 'number' | 'boolean' | 'null'
  readonly start: number
  readonly end: number
}

export type Span = ObjectSpan | ArraySpan | ScalarSpan

export interface SpanLimits {
  readonly depthMax: number
  /** Values in the whole tree; each takes about 100 bytes of memory. */
  readonly valuesMax: number
}

/** Null where JSON.parse would throw, or where the value passes a limit. The bytes must be UTF-8. */
export function parseSpans(bytes: Buffer, limits: SpanLimits = { depthMax: 1000, valuesMax: 1_000_000 }): Span | null {
  const reader: Reader = { bytes, at: skipSpace(bytes, 0), depthLeft: limits.depthMax, valuesLeft: limits.valuesMax }
  try {
    const span = readValue(reader)
    return skipSpace(bytes, reader.at) === bytes.length ? span : null
  } catch (error) {
    if (error instanceof Unreadable) return null
    throw error
  }
}

/** The text of a string span. */
export function textOf(bytes: Buffer, { start, end }: Span): string {
  const literal = bytes.toString('utf8', start, end)
  return literal.includes('\\') ? String(JSON.parse(literal)) : literal.slice(1, -1)
}

/** The texts that an object has for a key: none, one, or more where the key is there more than once. */
export function textsOf(bytes: Buffer, object: ObjectSpan, key: string): readonly string[] {
  return object.members.flatMap((member) =>
    member.key === key && member.value.type === 'string' ? [textOf(bytes, member.value)] : [],
  )
}

interface Reader {
  readonly bytes: Buffer
  at: number
  depthLeft: number
  valuesLeft: number
}

class Unreadable extends Error {
  override name = 'Unreadable'
}

function readValue(reader: Reader): Span {
  if (reader.valuesLeft-- <= 0 || reader.depthLeft <= 0) throw new Unreadable()
  reader.at = skipSpace(reader.bytes, reader.at)
  const first = reader.bytes[reader.at]
  if (first === braceOpen) return readObject(reader)
  if (first === bracketOpen) return readArray(reader)
  if (first === quote) return readString(reader)
  return readWord(reader)
}

function readObject(reader: Reader): ObjectSpan {
  const start = reader.at++
  const members: Member[] = []
  reader.depthLeft--
  let isEnd = takes(reader, braceClose)
  while (!isEnd) {
    reader.at = skipSpace(reader.bytes, reader.at)
    const key = textOf(reader.bytes, readString(reader))
    if (!takes(reader, colon)) throw new Unreadable()
    members.push({ key, value: readValue(reader) })
    isEnd = isLast(reader, braceClose)
  }
  reader.depthLeft++
  return { type: 'object', start, end: reader.at, members }
}

function readArray(reader: Reader): ArraySpan {
  const start = reader.at++
  const elements: Span[] = []
  reader.depthLeft--
  let isEnd = takes(reader, bracketClose)
  while (!isEnd) {
    elements.push(readValue(reader))
    isEnd = isLast(reader, bracketClose)
  }
  reader.depthLeft++
  return { type: 'array', start, end: reader.at, elements }
}

/** Reads the byte behind a member or element: whether it is the closing bracket, or else a comma. */
function isLast(reader: Reader, closer: number): boolean {
  if (takes(reader, closer)) return true
  if (takes(reader, comma)) return false
  throw new Unreadable()
}

/** Reads white space, and `byte` where it is next. */
function takes(reader: Reader, byte: number): boolean {
  reader.at = skipSpace(reader.bytes, reader.at)
  if (reader.bytes[reader.at] !== byte) return false
  reader.at++
  return true
}

function readString(reader: Reader): ScalarSpan {
  const { bytes } = reader
  const start = reader.at
  if (bytes[start] !== quote) throw new Unreadable()
  let at = start + 1
  while (bytes[at] !== quote) {
    const byte = bytes[at] ?? 0
    if (byte < 0x20) throw new Unreadable()
    at += byte === backslash ? escapeLength(bytes, at) : 1
  }
  reader.at = at + 1
  return { type: 'string', start, end: reader.at }
}

function escapeLength(bytes: Buffer, at: number): number {
  const escape = bytes.toString('latin1', at + 1, at + 6)
  if (/^["\\/bfnrt]/.test(escape)) return 2
  if (/^u[0-9a-fA-F]{4}/.test(escape)) return 6
  throw new Unreadable()
}

const wordTypes: readonly (readonly [RegExp, ScalarSpan['type']])[] = [
  [/^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/, 'number'],
  [/^(?:true|false)$/, 'boolean'],
  [/^null$/, 'null'],
]

function readWord(reader: Reader): ScalarSpan {
  const { bytes } = reader
  const start = reader.at
  while (isWordByte(bytes[reader.at] ?? 0)) reader.at++
  const word = bytes.toString('latin1', start, reader.at)
  const type = wordTypes.find(([pattern]) => pattern.test(word))?.[1]
  if (type === undefined) throw new Unreadable()
  return { type, start, end: reader.at }
}

/** Letters, digits and `+ - .`: what numbers, true, false and null are made of. */
function isWordByte(byte: number): boolean {
  const lower = byte | 0x20
  return (
    (lower >= 0x61 && lower <= 0x7a) ||
    (byte >= 0x30 && byte <= 0x39) ||
    byte === 0x2b ||
    byte === 0x2d ||
    byte === 0x2e
  )
}
