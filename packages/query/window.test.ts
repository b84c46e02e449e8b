import * as fc from 'fast-check'
import { formatMicroTime } from '@plaintrail/event/time'
import { describe, expect, test } from 'vitest'
import { QueryError } from './query-error.ts'
import { parseTime, parseWindow } from './window.ts'

const us = (text: string): number => Date.parse(text) * 1000
const now = us('2026-11-20T14:00:00Z') + 123

describe('a time is read', () => {
  test.each([
    ['2026-11-20T14:03:22.418211Z', us('2026-11-20T14:03:22Z') + 418_211],
    ['2026-11-20T14:03:22.4182119Z', us('2026-11-20T14:03:22Z') + 418_211],
    ['2026-11-20t14:03:22z', us('2026-11-20T14:03:22Z')],
    ['2026-11-20T16:03:22+02:00', us('2026-11-20T14:03:22Z')],
    ['2026-11-20T16:03:22 02:00', us('2026-11-20T14:03:22Z')],
    ['2026-11-20', us('2026-11-20T00:00:00Z')],
    ['now', now],
    ['now-15m', now - 15 * 60e6],
    ['2026-11-20T14:05Z', us('2026-11-20T14:05:00Z')],
    ['2026-11-20T14:05+02:00', us('2026-11-20T12:05:00Z')],
    ['now+15m', now + 15 * 60e6],
    ['-15m', now - 15 * 60e6],
    ['15m', now - 15 * 60e6],
    ['1h30m', now - 90 * 60e6],
    ['2w', now - 14 * 86_400e6],
    ['90s', now - 90e6],
    ['PT15M', now - 15 * 60e6],
    ['now-P1DT12H', now - 36 * 3600e6],
    ['P2W', now - 14 * 86_400e6],
    ['PT1.5S', now - 1.5e6],
    ['P1M', us('2026-10-20T14:00:00Z') + 123],
    ['P1Y', us('2025-11-20T14:00:00Z') + 123],
  ])('%s', (text, expected) => expect(parseTime(text, now)).toBe(expected))

  test('a month before the 31st is the last day of a shorter month', () => {
    expect(parseTime('P1M', us('2026-03-31T10:00:00Z'))).toBe(us('2026-02-28T10:00:00Z'))
  })

  test('every RFC 3339 time with microseconds comes back as it was written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: us('2199-12-31T23:59:59Z') }), (timeUs) => {
        expect(parseTime(formatMicroTime(timeUs), now)).toBe(timeUs)
      }),
    )
  })
})

describe('a time that cannot be read is an error with a hint', () => {
  test.each([
    '',
    'yesterday',
    '15',
    '15y',
    'now-',
    '-',
    'P',
    'PT',
    'P1',
    '2026-13-01',
    '2026-02-30',
    '1h 30m',
    '20261120',
  ])('%s', (text) => expect(() => parseTime(text, now, 'since')).toThrow(QueryError))

  test.each(['2026-11-20T14:03:22', '2026-11-20T14:03'])('%s is without a zone, which is not guessed', (text) => {
    expect(() => parseTime(text, now)).toThrow(expect.objectContaining({ hint: expect.stringContaining('zone') }))
  })

  test('a time before 1970 or after 2199 is a mistake', () => {
    for (const text of ['999999999w', '2201-01-01', 'now+9999w', 'P9999Y'])
      expect(() => parseTime(text, now)).toThrow(QueryError)
  })

  test('nothing that can be sent breaks the reader', () => {
    const pieces = fc.constantFrom(
      'now',
      '-',
      '+',
      ' ',
      'P',
      'T',
      '1',
      '99',
      'h',
      'd',
      'M',
      'Y',
      'Z',
      ':',
      '.',
      '2026-11-20',
      '/',
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
        const timeUs = timeOrError(parts.join(''))
        expect(timeUs instanceof QueryError || Number.isSafeInteger(timeUs)).toBe(true)
      }),
    )
  })
})

describe('a window', () => {
  test('is the last 24 hours when nothing was sent', () => {
    expect(parseWindow({}, now)).toEqual({ sinceUs: now - 86_400e6, untilUs: now })
    expect(parseWindow({}, now, 0)).toEqual({ sinceUs: 0, untilUs: now })
  })

  test('is read from since and until', () => {
    expect(parseWindow({ since: '2h', until: 'now-1h' }, now)).toEqual({ sinceUs: now - 7200e6, untilUs: now - 3600e6 })
  })

  test.each([
    ['2026-11-20/P1D', '2026-11-20', '2026-11-21'],
    ['P1D/2026-11-20', '2026-11-19', '2026-11-20'],
    ['2026-11-01/2026-11-20', '2026-11-01', '2026-11-20'],
    ['2026-01-31/P1M', '2026-01-31', '2026-02-28'],
  ])('is read from the interval %s', (since, from, to) => {
    expect(parseWindow({ since }, now)).toEqual({ sinceUs: us(from), untilUs: us(to) })
  })

  test.each([
    { since: 'now' },
    { since: '1h', until: '2h' },
    { until: '2026-01-01' },
    { since: '2026-11-20/2026-11-20' },
    { since: '2026-11-20/P1D', until: 'now' },
    { since: 'P1D/P1D' },
    { since: 'a/b/c' },
    { since: ['1h', '2h'] },
    { until: '2026-11-20/P1D' },
  ])('that is none is an error with a hint: %o', (parameters) => {
    expect(() => parseWindow(parameters, now)).toThrow(
      expect.objectContaining({ code: 'query_syntax', hint: expect.stringMatching(/\w/) }),
    )
  })
})

function timeOrError(text: string): unknown {
  try {
    return parseTime(text, now)
  } catch (error) {
    return error
  }
}
