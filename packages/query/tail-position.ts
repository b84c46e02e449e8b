// sealTailPosition and openTailPosition: how far a live tail has come, as the id of a server-sent event.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { decodeSnapshot, encodeSnapshot, type Snapshot } from './snapshot.ts'

export interface TailPosition {
  /** Everything up to these numbers was told, but for what `stored` says. `takenUs` is when that was. */
  readonly snapshot: Snapshot
  /** While the rows of the snapshot are still being told, in the order of time: the last one. Null once they are. */
  readonly stored: { readonly timeUs: number; readonly key: string } | null
}

/** Characters: 256 lanes at 8 bytes each, and the rest. */
export const tailPositionLengthMax = 4_096

/** Of the HMAC: a forged position costs its maker's own time and shows him nothing, so half a hash is plenty. */
const signatureBytes = 12
const prefix = 't1'

/** `t1.`, the snapshot, the row, and their HMAC-SHA-256. `question` is what the tail asks for: no other opens it. */
export function sealTailPosition({ snapshot, stored }: TailPosition, key: Uint8Array, question: string): string {
  const row = stored === null ? '' : `${stored.timeUs}-${stored.key}`
  const body = `${prefix}.${encodeSnapshot(snapshot)}.${row}`
  return `${body}.${signatureOf(body, key, question)}`
}

/** Null for a text that was not sealed with this key for this question. */
export function openTailPosition(text: string, key: Uint8Array, question: string): TailPosition | null {
  if (text.length > tailPositionLengthMax) return null
  const end = text.lastIndexOf('.')
  const body = text.slice(0, Math.max(0, end))
  if (!isEqual(text.slice(end + 1), signatureOf(body, key, question))) return null
  const [version, lanes = '', row = ''] = body.split('.')
  const snapshot = decodeSnapshot(lanes)
  if (version !== prefix || snapshot === null || snapshot.lanes === null) return null
  if (row === '') return { snapshot, stored: null }
  const [, timeUs, rowKey] = /^(\d{1,16})-([0-9a-f]{32})$/.exec(row) ?? []
  return timeUs === undefined || rowKey === undefined
    ? null
    : { snapshot, stored: { timeUs: Number(timeUs), key: rowKey } }
}

function signatureOf(body: string, key: Uint8Array, question: string): string {
  const hmac = createHmac('sha256', key).update(`tail\0${question}\0${body}`).digest()
  return hmac.subarray(0, signatureBytes).toString('base64url')
}

function isEqual(claimed: string, expected: string): boolean {
  const [a, b] = [Buffer.from(claimed), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}
