// sealCursor and openCursor: where a page ended and what was asked, as one opaque text that only we can write.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { orders, type Order } from './page.ts'
import { QueryError } from './query-error.ts'

/** Everything that the next page needs, because a cursor is sent alone. */
export interface CursorPayload {
  readonly version: 1
  /** The filter as filterParameters gives it, and whatever else was asked for (`include`). */
  readonly parameters: Readonly<Record<string, readonly string[]>>
  /** Microseconds since 1970, fixed when the first page was asked for. */
  readonly window: { readonly sinceUs: number; readonly untilUs: number }
  readonly order: Order
  readonly limit: number
  /** The last item of the page before: its time in microseconds and its key, 16 bytes in hex. */
  readonly position: { readonly timeUs: number; readonly key: string }
}

export const cursorLengthMax = 8 * 1024
/** RFC 2104 section 3: a key shorter than the hash weakens the HMAC. */
export const cursorKeyBytesMin = 32

const prefix = 'c1.'

/** `c1.`, the payload and its HMAC-SHA-256, both base64url. Throws RangeError for a key or a payload out of bounds. */
export function sealCursor(payload: CursorPayload, key: Uint8Array): string {
  const body = prefix + Buffer.from(JSON.stringify(payload)).toString('base64url')
  const cursor = `${body}.${signature(body, key)}`
  if (cursor.length > cursorLengthMax)
    throw new RangeError(
      `could not seal a cursor of ${cursor.length} characters: a filter over filterBytesMax is in it`,
    )
  return cursor
}

/** What sealCursor was given. Throws QueryError for a text that this key did not seal. */
export function openCursor(text: string, key: Uint8Array): CursorPayload {
  const end = text.lastIndexOf('.')
  if (text.length > cursorLengthMax || !text.startsWith(prefix) || end < prefix.length) throw unreadable('it is none')
  const body = text.slice(0, end)
  if (!isEqual(text.slice(end + 1), signature(body, key))) throw unreadable('it was changed or is from another server')
  const payload = readPayload(parseJson(Buffer.from(body.slice(prefix.length), 'base64url').toString()))
  if (payload === null) throw unreadable('it is from another version')
  return payload
}

function signature(body: string, key: Uint8Array): string {
  if (key.length < cursorKeyBytesMin)
    throw new RangeError(`could not sign a cursor with ${key.length} bytes: give a key of ${cursorKeyBytesMin} or more`)
  return createHmac('sha256', key).update(body).digest('base64url')
}

function isEqual(claimed: string, expected: string): boolean {
  const [a, b] = [Buffer.from(claimed), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}

function readPayload(value: unknown): CursorPayload | null {
  const { version, parameters, window, order, limit, position } = fields(value)
  const { sinceUs, untilUs } = fields(window)
  const { timeUs, key } = fields(position)
  const knownOrder = orders.find((known) => known === order)
  const knownParameters = readParameters(parameters)
  if (version !== 1 || knownOrder === undefined || knownParameters === null) return null
  if (!isWhole(sinceUs) || !isWhole(untilUs) || !isWhole(limit) || !isWhole(timeUs)) return null
  if (typeof key !== 'string' || !/^[0-9a-f]{32}$/.test(key)) return null
  const known = { version, parameters: knownParameters, order: knownOrder, limit } as const
  return { ...known, window: { sinceUs, untilUs }, position: { timeUs, key } }
}

function readParameters(value: unknown): Record<string, readonly string[]> | null {
  const parameters: Record<string, readonly string[]> = {}
  for (const [name, values] of Object.entries(fields(value))) {
    if (!Array.isArray(values)) return null
    const texts = values.filter((text) => typeof text === 'string')
    if (texts.length !== values.length) return null
    parameters[name] = texts
  }
  return parameters
}

const fields = (value: unknown): Readonly<Partial<Record<string, unknown>>> =>
  typeof value === 'object' && value !== null ? { ...value } : {}

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value)

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
