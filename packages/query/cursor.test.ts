import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cursorLengthMax, openCursor, sealCursor, type CursorPayload } from './cursor.ts'
import { filterParameters, parseEventFilter } from './filter.ts'
import type { UrlParameters } from './parameters.ts'
import { QueryError } from './query-error.ts'

const key = new Uint8Array(32).fill(7)
const payload: CursorPayload = {
  version: 1,
  parameters: { actor: ['alice@acme.io'], 'not.verb': ['get'], include: ['raw'] },
  window: { sinceUs: 1_763_000_000_000_000, untilUs: 1_763_000_000_000_001 },
  order: 'desc',
  limit: 100,
  position: { timeUs: 1_763_000_000_000_000, key: '0123456789abcdef0123456789abcdef' },
}

const whole = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
const payloads: fc.Arbitrary<CursorPayload> = fc.record({
  version: fc.constant<1>(1),
  parameters: fc.dictionary(
    fc.stringMatching(/^[a-z.]{1,10}$/),
    fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 3 }),
    {
      maxKeys: 4,
      noNullPrototype: true,
    },
  ),
  window: fc.record({ sinceUs: whole, untilUs: whole }),
  order: fc.constantFrom<'asc' | 'desc'>('asc', 'desc'),
  limit: whole,
  position: fc.record({ timeUs: whole, key: fc.stringMatching(/^[0-9a-f]{32}$/) }),
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
    expect(sealCursor(payload, key)).toMatch(/^c1\.[\w-]+\.[\w-]+$/)
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

  test.each(['', 'c1.', 'c1..', 'c2.e30.AAAA', '.', `c1.${'A'.repeat(cursorLengthMax)}.A`, 'c1.é.ü'])(
    'that is none is refused: %#',
    (text) => expect(() => openCursor(text, key)).toThrow(QueryError),
  )

  test('holds every filter that can be asked', () => {
    const most = Array.from({ length: 50 }, (_, count) => actors(count)).findLast((asked) => !isRefused(asked)) ?? {}
    expect(isRefused(actors(50))).toBe(true)
    const filter = parseEventFilter(most)
    const cursor = sealCursor({ ...payload, parameters: { ...filterParameters(filter), include: ['raw'] } }, key)
    expect(cursor.length).toBeLessThanOrEqual(cursorLengthMax)
    expect(cursor.length).toBeGreaterThan(cursorLengthMax / 2)
  })

  test('is not signed with a short key', () => {
    expect(() => sealCursor(payload, new Uint8Array(31))).toThrow(RangeError)
  })
})

/** Actors of 60 control characters each, which JSON writes in six bytes. */
const actors = (count: number): UrlParameters => ({
  actor: Array.from({ length: count }, (_, index) => `${index}\u0001`.padEnd(60, '\u0001')),
})

function isRefused(parameters: UrlParameters): boolean {
  try {
    parseEventFilter(parameters)
    return false
  } catch {
    return true
  }
}
