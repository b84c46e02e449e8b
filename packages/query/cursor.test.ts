import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { queryBytesMax } from './bounds.ts'
import { cursorKeyOf, cursorLengthMax, fieldsLengthMax, openCursor, sealCursor, type CursorPayload } from './cursor.ts'
import { QueryError } from './query-error.ts'
import { lanesInSnapshotMax } from './snapshot.ts'
import { snapshots } from './snapshot-for-tests.ts'

const key = new Uint8Array(32).fill(7)
const payload: CursorPayload = {
  version: 2,
  list: 'events',
  query: 'actor:alice@acme.io -verb:get',
  window: { sinceUs: 1_763_000_000_000_000, untilUs: 1_763_000_000_000_001 },
  order: 'desc',
  limit: 100,
  include: ['raw'],
  fields: null,
  total: null,
  position: { timeUs: 1_763_000_000_000_000, key: '0123456789abcdef0123456789abcdef' },
  snapshot: { takenUs: 1_763_000_000_000_000, lanes: new Map([[1, 4711]]) },
}

const whole = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
const texts = fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 3 })
const payloads: fc.Arbitrary<CursorPayload> = fc.record({
  version: fc.constant<2>(2),
  list: fc.string(),
  query: fc.string({ unit: 'grapheme' }),
  window: fc.record({ sinceUs: whole, untilUs: whole }),
  order: fc.constantFrom<'asc' | 'desc'>('asc', 'desc'),
  limit: whole,
  include: texts,
  fields: fc.option(texts),
  total: fc.option(fc.record({ value: whole, relation: fc.constantFrom<'eq' | 'gte'>('eq', 'gte') })),
  position: fc.record({ timeUs: whole, key: fc.stringMatching(/^[0-9a-f]{32}$/) }),
  snapshot: fc.option(snapshots),
})

describe('a cursor', () => {
  test('gives back what was sealed', () => {
    fc.assert(
      fc.property(payloads, (sealed) => {
        expect(openCursor(sealCursor(sealed, key), key)).toEqual(sealed)
      }),
    )
  })

  test('goes into a URL as it is', () => {
    expect(sealCursor(payload, key)).toMatch(/^c2\.[\w-]+\.[\w-]+\.[\w-]+$/)
  })

  test('with one character changed anywhere is refused', () => {
    const cursor = sealCursor(payload, key)
    for (let index = 0; index < cursor.length; index++) {
      const other = cursor[index] === 'A' ? 'B' : 'A'
      const changed = cursor.slice(0, index) + other + cursor.slice(index + 1)
      expect(() => openCursor(changed, key)).toThrow(QueryError)
    }
  })

  test('of another server is refused', () => {
    const cursor = sealCursor(payload, new Uint8Array(32).fill(8))
    expect(() => openCursor(cursor, key)).toThrow(
      expect.objectContaining({ code: 'query_syntax', parameter: 'cursor' }),
    )
  })

  test.each(['', 'c2.', 'c2..', 'c1.e30.AAAA', 'c2.e30..AAAA', '.', `c2.${'A'.repeat(cursorLengthMax)}.A`, 'c2.é.ü'])(
    'that is none is refused: %#',
    (text) => expect(() => openCursor(text, key)).toThrow(QueryError),
  )

  test('of another caller is refused, and of the same one is not', () => {
    const cursor = sealCursor(payload, cursorKeyOf(key, 'alice'))
    expect(openCursor(cursor, cursorKeyOf(key, 'alice'))).toEqual(payload)
    expect(() => openCursor(cursor, cursorKeyOf(key, 'bob'))).toThrow(QueryError)
    expect(() => openCursor(cursor, key)).toThrow(QueryError)
  })

  test('holds the longest query, all fields and the largest snapshot that there can be', () => {
    const longest = {
      ...payload,
      // What JSON writes in two characters, as bounded() counts.
      query: '"'.repeat((queryBytesMax - 2) / 2),
      fields: ['f'.repeat(fieldsLengthMax)],
      snapshot: {
        takenUs: Number.MAX_SAFE_INTEGER,
        // Ids far apart, and more events than a lane gets in a thousand years.
        lanes: new Map(Array.from({ length: lanesInSnapshotMax }, (_, lane) => [(lane + 1) * 8_000_000, 2 ** 48])),
      },
    }
    const cursor = sealCursor(longest, key)
    expect(cursor.length).toBeLessThanOrEqual(cursorLengthMax)
    expect(cursor.length).toBeGreaterThan(cursorLengthMax / 2)
  })

  test('is not signed with a short key', () => {
    expect(() => sealCursor(payload, new Uint8Array(31))).toThrow(RangeError)
    expect(() => cursorKeyOf(new Uint8Array(31), 'alice')).toThrow(RangeError)
  })
})
