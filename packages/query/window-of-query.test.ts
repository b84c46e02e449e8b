import { describe, expect, test } from 'vitest'
import { formatMicroTime } from '@plaintrail/event/time'
import { queryText } from './normal-form.ts'
import { parseQuery } from './parse-query.ts'
import { windowOfQuery } from './window-of-query.ts'

const now = Date.parse('2026-11-20T14:00:00Z') * 1000
type Sent = Parameters<typeof windowOfQuery>[1]

function told(text: string, sent: Sent = {}): readonly string[] {
  const { window, rest } = windowOfQuery(parseQuery(text, now), sent, now)
  const [since, until] = [window.sinceUs, window.untilUs].map((us) => formatMicroTime(us).replace(':00.000000Z', ''))
  return [since ?? '', until ?? '', queryText(rest)]
}

describe('the window', () => {
  test.each<readonly [string, Sent, readonly string[]]>([
    ['ns:a', {}, ['2026-11-19T14:00', '2026-11-20T14:00', 'ns:a']],
    ['', {}, ['2026-11-19T14:00', '2026-11-20T14:00', '']],
    ['ns:a after:2026-11-01', {}, ['2026-11-01T00:00', '2026-11-20T14:00', 'ns:a']],
    ['before:-1h', {}, ['2026-11-19T14:00', '2026-11-20T13:00', '']],
    ['on:2026-11-10', {}, ['2026-11-10T00:00', '2026-11-11T00:00', '']],
    ['after:2026-11-01 before:2026-11-03', {}, ['2026-11-01T00:00', '2026-11-03T00:00', '']],
    ['after:2026-11-01', { since: '2026-11-10' }, ['2026-11-10T00:00', '2026-11-20T14:00', '']],
    ['after:2026-11-10', { since: '2026-11-01' }, ['2026-11-10T00:00', '2026-11-20T14:00', '']],
    [
      'on:2026-11-10',
      { since: '2026-11-01', until: '2026-11-10T12:00:00Z' },
      ['2026-11-10T00:00', '2026-11-10T12:00', ''],
    ],
    ['before:2026-11-05', { since: '2026-11-01/P10D' }, ['2026-11-01T00:00', '2026-11-05T00:00', '']],
    ['after:2026-11-01', { until: '2026-11-03' }, ['2026-11-01T00:00', '2026-11-03T00:00', '']],
    ['-on:2026-11-10', {}, ['2026-11-19T14:00', '2026-11-20T14:00', '-created:2026-11-10/2026-11-11']],
    [
      'on:2026-11-10,2026-11-12',
      {},
      ['2026-11-19T14:00', '2026-11-20T14:00', 'created:2026-11-10/2026-11-11,2026-11-12/2026-11-13'],
    ],
    ['ns:a OR after:2026-11-01', {}, ['2026-11-19T14:00', '2026-11-20T14:00', 'ns:a OR after:2026-11-01']],
    ['seen:>2026-11-01', {}, ['2026-11-19T14:00', '2026-11-20T14:00', 'seen:>=2026-11-02']],
  ])('of %s with %o', (text, sent, expected) => expect(told(text, sent)).toEqual(expected))

  test.each<readonly [string, Sent]>([
    ['after:2026-11-10', { until: '2026-11-05' }],
    ['on:2026-11-10', { since: '2026-11-15' }],
    ['on:2026-11-10', { since: '2026-11-12', until: '2026-11-14' }],
    ['on:2026-11-10 on:2026-11-12', {}],
    ['before:2026-01-01', {}],
    ['', { since: 'now' }],
  ])('that would be empty is an error with a hint: %s with %o', (text, sent) => {
    expect(() => told(text, sent)).toThrow(
      expect.objectContaining({ code: 'query_syntax', hint: expect.stringMatching(/\w/) }),
    )
  })
})
