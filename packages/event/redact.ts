// redactEventList: replaces the secrets in a posted EventList by keyed digests, before anything is written.
import { createHmac, createSecretKey } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { identityBytes } from './identity.ts'
import { asBuffer, backslash, quote } from './json-bytes.ts'
import { parseSpans } from './json-spans.ts'
import { findMasks } from './lexical-mask.ts'
import type { RedactionEdit } from './redaction-edits.ts'
import type { RedactionPath } from './redaction-path.ts'
import { findSecrets } from './redaction-rules.ts'
import type { Scan } from './scan.ts'
import { isBrokenItemSuspect } from './sensitive-words.ts'
import { wholeBodies } from './whole-bodies.ts'

export { parseRedactionPath, RedactionPathError } from './redaction-path.ts'
export type { RedactionPath } from './redaction-path.ts'

export interface RedactionOptions {
  /** 32 bytes, of one cluster. Never rotated: digests of equal values must stay equal. */
  readonly key: Uint8Array
  /** What to hide besides what is always hidden. */
  readonly paths: readonly RedactionPath[]
}

export interface Redacted {
  /** The same array where nothing was hidden. */
  readonly body: Uint8Array
  /** Of the items in `body`, as in Scan. */
  readonly bounds: Uint32Array
  /** In the order of the items. */
  readonly redactions: readonly Redaction[]
}

export interface Redaction {
  readonly item: number
  /** HMAC-SHA-256, in hex, of the bytes that identify the event as it was received (identityBytes). */
  readonly identity: string
  /**
   * JSON pointers (RFC 6901) of the values that were hidden, or in part hidden where it is `/requestURI`. `["/"]` where
   * the item could not be read as JSON and was masked by its tokens.
   */
  readonly paths: readonly string[]
}

/** A digest takes 66 bytes: values hidden one by one make a body at most 33 MB longer. Then bodies are hidden whole. */
const editsMax = 500_000
/** Listed for an event; a pointer that is left out is still seen in the bytes. */
const pathsListedMax = 1_000

/**
 * Puts `"plaintrail:hmac-sha256:…"` (43 characters of base64url) in the place of each secret and leaves all other bytes
 * as they are. The digest is of a string's text, of a URI parameter's decoded value, or else of the value's bytes. Items
 * keep their order and their problems, so the scan's `problems` and `duplicateKeys` hold for the new body too. Never
 * throws.
 */
export function redactEventList(body: Uint8Array, scan: Scan, options: RedactionOptions): Redacted {
  const bytes = asBuffer(body)
  // A KeyObject, since createHmac takes 24 µs to make one of bytes, and 2.6 µs with one.
  const key = createSecretKey(options.key)
  const broken = new Set(scan.problems.map(({ item }) => item))
  const replacements = new Map<number, Buffer>()
  const redactions: Redaction[] = []
  let editsLeft = editsMax
  for (const item of itemsToRead(bytes, scan, options.paths)) {
    const raw = bytes.subarray(scan.bounds[2 * item], scan.bounds[2 * item + 1])
    const found = broken.has(item) ? maskBroken(raw, options.paths) : editItem(raw, options.paths)
    const edits = found.length > editsLeft ? wholeBodies(raw, found) : found
    editsLeft = Math.max(0, editsLeft - edits.length)
    if (edits.length === 0) continue
    replacements.set(item, replace(raw, edits, key))
    redactions.push({
      item,
      identity: createHmac('sha256', key).update(identityBytes(raw)).digest('hex'),
      paths: [...new Set(edits.map(({ pointer }) => pointer))]
        .filter((pointer) => pointer !== '')
        .slice(0, pathsListedMax),
    })
  }
  if (redactions.length === 0) return { body, bounds: scan.bounds, redactions }
  return { ...rebuild(bytes, scan.bounds, replacements), redactions }
}

/** In their order; most bodies have none. */
function itemsToRead(bytes: Buffer, scan: Scan, paths: readonly RedactionPath[]): readonly number[] {
  if (paths.length === 0 && scan.problems.length === 0) return scan.suspects
  const isToRead = new Uint8Array(scan.bounds.length / 2)
  for (const item of scan.suspects) isToRead[item] = 1
  for (const { item } of scan.problems) isToRead[item] = 1
  const items: number[] = []
  for (let item = 0; item < isToRead.length; item++) {
    const raw = bytes.subarray(scan.bounds[2 * item], scan.bounds[2 * item + 1])
    if (isToRead[item] === 1 || paths.some((path) => mayConcern(path, raw))) items.push(item)
  }
  return items
}

/** Looks for the resource's name where objectRef or a URI has it. Escaped names make an item suspect anyway. */
function mayConcern({ resource, apiGroup }: RedactionPath, raw: Buffer): boolean {
  const name = resource === '*' ? (apiGroup ?? '') : resource
  return name === '' || raw.includes(`"${name}"`) || raw.includes(`/${name}`)
}

function editItem(raw: Buffer, paths: readonly RedactionPath[]): readonly RedactionEdit[] {
  const event = parseSpans(raw)
  return event?.type === 'object' ? findSecrets(raw, event, paths) : maskBroken(raw, paths)
}

function maskBroken(raw: Buffer, paths: readonly RedactionPath[]): readonly RedactionEdit[] {
  const isSuspect = isBrokenItemSuspect(raw.toString('latin1')) || paths.some((path) => mayConcern(path, raw))
  return isSuspect ? findMasks(raw).map(({ start, end }) => ({ start, end, pointer: '/', range: 'value' })) : []
}

function replace(raw: Buffer, edits: readonly RedactionEdit[], key: KeyObject): Buffer {
  const chunks: Buffer[] = []
  let copied = 0
  for (const edit of edits) {
    const digest = createHmac('sha256', key).update(contentOf(raw, edit)).digest('base64url')
    const text = `plaintrail:hmac-sha256:${digest}`
    chunks.push(raw.subarray(copied, edit.start), Buffer.from(edit.range === 'value' ? `"${text}"` : text))
    copied = edit.end
  }
  return Buffer.concat([...chunks, raw.subarray(copied)])
}

/** What is digested: the same for one secret wherever and however it was written. */
function contentOf(raw: Buffer, { start, end, range }: RedactionEdit): Uint8Array | string {
  const isString = range === 'value' && raw[start] === quote
  const text = isString ? raw.subarray(start + 1, end - 1) : raw.subarray(start, end)
  if (range === 'value' && !(isString && text.includes(backslash))) return text
  try {
    const value = String(JSON.parse(`"${text.toString('utf8')}"`))
    return range === 'part' ? decodeURIComponent(value) : value
  } catch {
    return text
  }
}

function rebuild(
  bytes: Buffer,
  bounds: Uint32Array,
  replacements: ReadonlyMap<number, Buffer>,
): Omit<Redacted, 'redactions'> {
  const chunks: Buffer[] = []
  const newBounds = bounds.slice()
  let copied = 0
  let shift = 0
  for (let item = 0; 2 * item < bounds.length; item++) {
    const start = bounds[2 * item] ?? 0
    const end = bounds[2 * item + 1] ?? 0
    const replacement = replacements.get(item)
    newBounds[2 * item] = start + shift
    if (replacement !== undefined) {
      chunks.push(bytes.subarray(copied, start), replacement)
      copied = end
      shift += replacement.length - (end - start)
    }
    newBounds[2 * item + 1] = end + shift
  }
  return { body: Buffer.concat([...chunks, bytes.subarray(copied)]), bounds: newBounds }
}
