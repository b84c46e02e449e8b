// sealCursor and openCursor: where a page ended and what was asked, as one opaque text that only we can write.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { orders, type Order, type Total } from './page.ts'
import { QueryError } from './query-error.ts'
import { decodeSnapshot, encodeSnapshot, type Snapshot } from './snapshot.ts'

/** Everything that the next page needs, because a cursor is sent alone. */
export interface CursorPayload {
  readonly version: 2
  /** Which list, and of what; a cursor of one is none of another. */
  readonly list: string
  /** The query in its normal form. */
  readonly query: string
  /** Microseconds since 1970, fixed when the first page was asked for. */
  readonly window: { readonly sinceUs: number; readonly untilUs: number }
  readonly order: Order
  readonly limit: number
  readonly include: readonly string[]
  /** Null for all of them. */
  readonly fields: readonly string[] | null
  /** What the first page counted, where that was asked for. */
  readonly total: Total | null
  /** The last item of the page before: its time in microseconds and its key, 16 bytes in hex. */
  readonly position: { readonly timeUs: number; readonly key: string }
  /** What the first page saw; null for a list that has none. */
  readonly snapshot: Snapshot | null
}

/**
 * Characters: what a query, its fields and a snapshot take at most (queryBytesMax, fieldsLengthMax, lanesInSnapshotMax),
 * and less than the 16 KiB that Node takes of all headers together.
 */
export const cursorLengthMax = 14 * 1024
/** Of `fields` as they were sent, in UTF-16 code units. */
export const fieldsLengthMax = 512
/** RFC 2104 section 3: a key shorter than the hash weakens the HMAC. */
export const cursorKeyBytesMin = 32

const prefix = 'c2.'

/** `c2.`, the payload, its snapshot and their HMAC-SHA-256, all base64url. Throws RangeError for what is out of bounds. */
export function sealCursor({ snapshot, ...payload }: CursorPayload, key: Uint8Array): string {
  const json = Buffer.from(JSON.stringify(payload)).toString('base64url')
  const body = `${prefix}${json}.${snapshot === null ? '' : encodeSnapshot(snapshot)}`
  const cursor = `${body}.${signature(body, key)}`
  if (cursor.length > cursorLengthMax)
    throw new RangeError(`could not seal a cursor of ${cursor.length} characters: a query over queryBytesMax is in it`)
  return cursor
}

/** What sealCursor was given. Throws QueryError for a text that this key did not seal. */
export function openCursor(text: string, key: Uint8Array): CursorPayload {
  const end = text.lastIndexOf('.')
  if (text.length > cursorLengthMax || !/^c\d+\./.test(text) || end < prefix.length) throw unreadable('it is none')
  const body = text.slice(0, end)
  if (!isEqual(text.slice(end + 1), signature(body, key)))
    throw unreadable('it was changed, or is from another server or another caller')
  const [, json = '', lanes = ''] = body.split('.')
  const payload = readPayload(parseJson(Buffer.from(json, 'base64url').toString()))
  const snapshot = lanes === '' ? null : decodeSnapshot(lanes)
  if (payload === null || (snapshot === null && lanes !== '')) throw unreadable('it is from another version')
  return { ...payload, snapshot }
}

/** The key of one caller: a cursor that somebody else was given is refused like one that was made up. */
export function cursorKeyOf(key: Uint8Array, caller: string): Uint8Array {
  return createHmac('sha256', checked(key)).update(`caller\0${caller}`).digest()
}

function signature(body: string, key: Uint8Array): string {
  return createHmac('sha256', checked(key)).update(body).digest('base64url')
}

function checked(key: Uint8Array): Uint8Array {
  if (key.length >= cursorKeyBytesMin) return key
  throw new RangeError(`could not sign a cursor with ${key.length} bytes: give a key of ${cursorKeyBytesMin} or more`)
}

function isEqual(claimed: string, expected: string): boolean {
  const [a, b] = [Buffer.from(claimed), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}

function readPayload(value: unknown): Omit<CursorPayload, 'snapshot'> | null {
  const { version, list, query, window, order, limit, include, fields, total, position } = membersOf(value)
  const { sinceUs, untilUs } = membersOf(window)
  const { timeUs, key } = membersOf(position)
  const knownOrder = orders.find((known) => known === order)
  if (version !== 2 || knownOrder === undefined || typeof list !== 'string' || typeof query !== 'string') return null
  if (!isWhole(sinceUs) || !isWhole(untilUs) || !isWhole(limit) || !isWhole(timeUs)) return null
  if (typeof key !== 'string' || !/^[0-9a-f]{32}$/.test(key)) return null
  if (!isTexts(include) || !(fields === null || isTexts(fields)) || !(total === null || isTotal(total))) return null
  const known = { version, list, query, order: knownOrder, limit, include, fields, total } as const
  return { ...known, window: { sinceUs, untilUs }, position: { timeUs, key } }
}

const membersOf = (value: unknown): Readonly<Partial<Record<string, unknown>>> =>
  typeof value === 'object' && value !== null ? { ...value } : {}

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value)

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((text) => typeof text === 'string')

function isTotal(total: unknown): total is Total {
  const { value, relation } = membersOf(total)
  return isWhole(value) && (relation === 'eq' || relation === 'gte')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const unreadable = (why: string): QueryError =>
  new QueryError({
    message: `could not read the cursor: ${why}`,
    parameter: 'cursor',
    hint: 'Send next_cursor of the page before as it is, or ask again without a cursor.',
  })
