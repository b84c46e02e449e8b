import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { eventIdentity, eventKey, formatEventId, parseEventId } from './identity.ts'

function sha256(...parts: readonly (string | Uint8Array)[]): Buffer {
  const digest = createHash('sha256')
  for (const part of parts) digest.update(part)
  return digest.digest()
}

describe('identity', () => {
  const item = '{"level":"Metadata","auditID":"a"}'

  test('is the SHA-256 of the bytes as they were sent', () => {
    expect(eventIdentity(Buffer.from(item))).toEqual(sha256(item))
    expect(eventIdentity(Buffer.from(`${item} `))).not.toEqual(sha256(item))
  })

  test('a line of the log file is the same event as an item of the webhook', () => {
    const line = `{"kind":"Event","apiVersion":"audit.k8s.io/v1",${item.slice(1)}`
    expect(eventIdentity(Buffer.from(line))).toEqual(sha256(item))
  })

  test.each([
    '{"apiVersion":"audit.k8s.io/v1","kind":"Event","level":"Metadata"}',
    '{"kind":"Event","apiVersion":"audit.k8s.io/v1beta1","level":"Metadata"}',
    '{ "kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata"}',
    '{"kind":"Event","apiVersion":"audit.k8s.io/v1"}',
    '{"kind":"Event"',
    '',
  ])('nothing is taken away from %j', (raw) => {
    expect(eventIdentity(Buffer.from(raw))).toEqual(sha256(raw))
  })

  test('one event of two clusters has two keys', () => {
    const identity = eventIdentity(Buffer.from(item))
    const cluster = Buffer.alloc(16, 1)
    const bound = identity.subarray(0, 16).map((byte, at) => byte ^ (cluster[at] ?? 0))
    expect(eventKey(identity, cluster).equals(bound)).toBe(true)
    expect(eventKey(identity, Buffer.alloc(16, 2))).not.toEqual(eventKey(identity, cluster))
  })
})

describe('event ids', () => {
  const timeUs = fc.maxSafeNat()
  const key = fc.uint8Array({ minLength: 16, maxLength: 16 })

  test('an id gives back its time and key', () => {
    fc.assert(
      fc.property(timeUs, key, (time, bytes) => {
        const id = formatEventId(time, bytes)
        expect(id).toMatch(/^evt_[0-9A-HJKMNP-TV-Z]{39}$/)
        expect(parseEventId(id)).toEqual({ timeUs: time, key: Buffer.from(bytes) })
      }),
      { numRuns: 200 },
    )
  })

  test('ids sort by time', () => {
    fc.assert(
      fc.property(timeUs, timeUs, key, key, (a, b, keyA, keyB) => {
        fc.pre(a !== b)
        expect(formatEventId(a, keyA) < formatEventId(b, keyB)).toBe(a < b)
      }),
      { numRuns: 200 },
    )
  })

  test('an event without a usable time has an id', () => {
    expect(formatEventId(0, Buffer.alloc(16))).toBe(`evt_${'0'.repeat(39)}`)
    expect(formatEventId(1, Buffer.alloc(16, 0xff))).toBe('evt_0000000000003ZZZZZZZZZZZZZZZZZZZZZZZZZR')
  })

  const id = formatEventId(1_700_000_000_000_000, Buffer.alloc(16, 0xab))

  test.each([
    ['another prefix', `fnd_${id.slice(4)}`],
    ['lower case', id.toLowerCase()],
    ['one character less', id.slice(0, -1)],
    ['one character more', `${id}0`],
    ['a letter that is no digit', `${id.slice(0, -1)}U`],
    ['a character beyond ASCII', `${id.slice(0, -1)}é`],
    ['bits behind the last byte', `${id.slice(0, -1)}1`],
    ['a time beyond 2^53', `evt_${'Z'.repeat(38)}R`],
    ['nothing', ''],
  ])('an id with %s is none', (_, text) => {
    expect(parseEventId(text)).toBeNull()
  })
})

test('naming an event leaves its bytes as they are', () => {
  const raw = Buffer.from('{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"a"}')
  const before = raw.toString()
  eventIdentity(raw)
  expect(raw.toString()).toBe(before)
})
