// ExportRow: one event as it is given to a format, with or without the bytes that it was made of.

import { isUtf8 } from 'node:buffer'
import type { StoredEvent } from '@plaintrail/event/event'

/** Of a JSON object. */
export type Fields = Readonly<Record<string, unknown>>

export interface ExportRow {
  readonly event: StoredEvent
  /** Exactly as stored; null where they are past retention; undefined where nobody asked for them. */
  readonly raw?: Uint8Array | null | undefined
}

/** The bytes as a text, or null where they are none or could not be read back from it byte for byte. */
export function rawText({ raw }: ExportRow): string | null {
  return raw && isUtf8(raw) ? Buffer.from(raw).toString() : null
}

/** Below this, in bytes: parsing costs ten times as much memory for a moment. */
const parsedBytesMax = 8 * 1024 * 1024

/**
 * The event as the API server wrote it, to be written again as JSON: numbers keep every digit, which JSON.parse alone
 * would take from an int64. Null where the bytes are not there, too many, or no object.
 */
export function rawFields(row: ExportRow): Fields | null {
  if (!row.raw || row.raw.length > parsedBytesMax || row.event.flags.includes('bodyTooLarge')) return null
  const text = rawText(row)
  try {
    return text === null ? null : fieldsOf(JSON.parse(text, keepDigits))
  } catch {
    return null
  }
}

/** Empty for anything that is no object. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}

export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

/** In the order of sourceIPs: what was claimed, and last the address that the API server saw. */
export function addressesOf({ claimed, ip }: StoredEvent['source']): readonly string[] {
  return [...claimed.map(({ value }) => value), ...(ip ? [ip.value] : [])]
}

interface RawJson {
  readonly rawJSON: (this: void, text: string) => unknown
}

/** ECMAScript's "JSON.parse source text access", which Node has since 21 and TypeScript's library does not know yet. */
const { rawJSON } = JSON as unknown as RawJson

function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || context?.source === undefined) return value
  return String(value) === context.source ? value : rawJSON(context.source)
}
