// eventIdentity: which event it is, by its bytes alone, since a client can choose its Audit-ID.
import { hash } from 'node:crypto'
import { decodeBase32, encodeBase32 } from './base32.ts'

/**
 * SHA-256 over identityBytes: 32 bytes. A redacted event's identity is the HMAC that redaction made of the same bytes
 * instead.
 */
export function eventIdentity(raw: Uint8Array): Buffer {
  // By way of a text: a Buffer of its own for each digest cost 10 µs an event in allocating and collecting them.
  return Buffer.from(hash('sha256', identityBytes(raw), 'binary'), 'binary')
}

/**
 * The bytes that identify an event: those of its item, without the kind and version that a line of the log file begins
 * with and an item of the webhook's EventList has not, so that a back-fill doubles no event.
 */
export function identityBytes(raw: Uint8Array): Uint8Array {
  if (!startsWith(raw, logLineStart)) return raw
  // A copy: Buffer's own slice would share the memory, and the next line would write into the evidence.
  const bytes = Uint8Array.from(raw.subarray(logLineStart.length - 1))
  bytes[0] = braceOpen
  return bytes
}

/**
 * The first 16 bytes of the identity, each XORed with that of `clusterUid` (16 bytes): within a cluster two events share a
 * key only if their identities share 128 bits, and the same event in two clusters has two keys.
 */
export function eventKey(identity: Uint8Array, clusterUid: Uint8Array): Buffer {
  const key = Buffer.allocUnsafe(keyLength)
  for (let at = 0; at < keyLength; at++) key[at] = (identity[at] ?? 0) ^ (clusterUid[at] ?? 0)
  return key
}

/**
 * `evt_` and 39 characters of Crockford's base32 (upper case, no I, L, O, U) over the time in microseconds since 1970,
 * 8 bytes big-endian, and the 16 bytes of the key. Ids sort as text by time. `timeUs` is a safe integer from 0.
 */
export function formatEventId(timeUs: number, key: Uint8Array): string {
  const bytes = Buffer.alloc(timeLength + keyLength)
  bytes.writeUInt32BE(Math.floor(timeUs / 2 ** 32), 0)
  bytes.writeUInt32BE(timeUs % 2 ** 32, 4)
  bytes.set(key.subarray(0, keyLength), timeLength)
  return prefix + encodeBase32(bytes)
}

/** Null unless formatEventId could have made the id: it has one spelling. */
export function parseEventId(id: string): { readonly timeUs: number; readonly key: Buffer } | null {
  if (!id.startsWith(prefix)) return null
  const bytes = decodeBase32(id.slice(prefix.length), timeLength + keyLength)
  if (bytes === null) return null
  const timeUs = bytes.readUInt32BE(0) * 2 ** 32 + bytes.readUInt32BE(4)
  return Number.isSafeInteger(timeUs) ? { timeUs, key: bytes.subarray(timeLength) } : null
}

const logLineStart = Buffer.from('{"kind":"Event","apiVersion":"audit.k8s.io/v1",')
const braceOpen = 0x7b
const timeLength = 8
const keyLength = 16
const prefix = 'evt_'

function startsWith(bytes: Uint8Array, start: Buffer): boolean {
  for (let at = 0; at < start.length; at++) if (bytes[at] !== start[at]) return false
  return true
}
