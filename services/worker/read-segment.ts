// One log entry, read: its items parsed, normalized and named. Never throws: what cannot be read is said to be so.

import { isAscii } from 'node:buffer'
import { createHash } from 'node:crypto'
import { decodeEnvelope, type Envelope } from '@plaintrail/event-log/envelope'
import type { LogEntry } from '@plaintrail/event-log/event-log'
import { eventIdentity, eventKey } from '@plaintrail/event/identity'
import { normalize } from '@plaintrail/event/normalize'
import { withoutBodies } from '@plaintrail/event/without-bodies'
import { isWireObject } from '@plaintrail/event/wire-object'
import type { ReadEvent, ReadSegment, UnreadItem } from '@plaintrail/store/batch-plan'
import { isReadAgain } from '@plaintrail/store/parsed-items'

/** Larger items are read without their bodies: parsing costs 25 ms a MiB and many times the memory. */
export const parsedItemBytesMax = 8 * 1024 * 1024
const detailLengthMax = 300
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
/** How packages/event/redact.ts says that it could not read an item and masked what may be a secret. */
const maskedWhole = '/'

/** `isReadOn`: others in this process read what is stored, and are handed what was parsed. */
export function readSegment(entry: LogEntry, isReadOn = false): ReadSegment {
  try {
    const envelope = decodeEnvelope(entry.envelope)
    if (!uuid.test(envelope.header.cluster)) throw new TypeError('its header names no cluster')
    return readItems(entry, envelope, isReadOn)
  } catch (error) {
    return damaged(entry, error)
  }
}

function readItems(entry: LogEntry, envelope: Envelope, isReadOn: boolean): ReadSegment {
  const { header, bounds, body } = envelope
  const clusterUid = Buffer.from(header.cluster.replaceAll('-', ''), 'hex')
  const problems = new Map(header.problems.map((problem) => [problem.item, problem]))
  const redactions = new Map(header.redactions.map((redaction) => [redaction.item, redaction]))
  const repeated = new Set(header.duplicateKeys)
  // Made into a text item by item: slices of one large text measured 40 % slower to parse.
  const encoding = isAscii(body) ? 'latin1' : 'utf8'
  const events: ReadEvent[] = []
  const quarantined: UnreadItem[] = []
  for (let item = 0; item * 2 < bounds.length; item++) {
    const start = bounds[item * 2] ?? 0
    const end = bounds[item * 2 + 1] ?? start
    const raw = body.subarray(start, end)
    const redaction = redactions.get(item)
    const identity = redaction ? Buffer.from(redaction.identity, 'hex') : eventIdentity(raw)
    const key = eventKey(identity, clusterUid)
    const problem = problems.get(item)
    if (problem) {
      quarantined.push({ item, reason: problem.reason, detail: problem.detail, bytes: raw.length, digest: key })
      continue
    }
    try {
      // Masked without being understood, which can make of no JSON something that reads like an event.
      if (redaction?.paths.includes(maskedWhole)) throw new SyntaxError('it is no JSON; its texts were masked')
      const large = raw.length > parsedItemBytesMax
      const json = (large ? withoutBodies(raw) : raw).toString(encoding)
      const facts = { duplicateKeys: repeated.has(item), redacted: redaction !== undefined, bodyTooLarge: large }
      const value = JSON.parse(json) as unknown
      const event = normalize(value, facts)
      if (!event || !isWireObject(value)) throw new TypeError('it is no JSON object')
      const isKept = isReadOn && !large && isReadAgain(event)
      events.push({ event, item, key, bytes: raw.length, raw: isKept ? value : null })
    } catch (error) {
      quarantined.push({ item, reason: 'invalid_json', detail: reasonOf(error), bytes: raw.length, digest: key })
    }
  }
  return {
    ...entry,
    receivedUs: header.receivedAtUs,
    clusterUid: header.cluster,
    laneName: header.lane,
    items: bounds.length / 2,
    events,
    quarantined,
  }
}

/** Our own bytes were damaged on disk. The segment is kept as it is, and quarantine says so. */
function damaged(entry: LogEntry, error: unknown): ReadSegment {
  const digest = createHash('sha256').update(entry.envelope).digest().subarray(0, 16)
  const unread = { item: -1, reason: 'damaged_envelope', detail: reasonOf(error), bytes: entry.envelope.length, digest }
  return {
    ...entry,
    receivedUs: 0,
    clusterUid: '00000000-0000-0000-0000-000000000000',
    laneName: '',
    items: 0,
    events: [],
    quarantined: [unread],
  }
}

/** V8 quotes the text around a syntax error, which could quote a secret: only what went wrong, and where, is kept. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : 'unknown'
  return message
    .replaceAll(/"[^]*"/g, '"…"')
    .replaceAll(/'[^]*'/g, "'…'")
    .slice(0, detailLengthMax)
}
