import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pathOf, queryValues } from './request-uri.ts'

test('the path is what stands before the query', () => {
  expect(pathOf('/api/v1/pods?limit=500')).toBe('/api/v1/pods')
  expect(pathOf('/healthz')).toBe('/healthz')
})

describe('queryValues', () => {
  test('keeps repeated values in their order', () => {
    expect(queryValues('/x?command=sh&stdin=true&command=-c&command=ls', 'command')).toEqual(['sh', '-c', 'ls'])
  })

  test('decodes plus signs, escapes and UTF-8', () => {
    expect(queryValues('/x?command=ls+-la%20%2Ftmp&command=caf%C3%A9', 'command')).toEqual(['ls -la /tmp', 'café'])
  })

  test('finds a key that is written with escapes, as the API server does', () => {
    expect(queryValues('/x?dry%52un=All', 'dryRun')).toEqual(['All'])
  })

  test('does not find a key inside another value', () => {
    expect(queryValues('/x?a=dryRun=All', 'dryRun')).toEqual([])
    expect(queryValues('/x/dryRun=All', 'dryRun')).toEqual([])
    expect(queryValues('/x?xdryRun=All&dryrun=All', 'dryRun')).toEqual([])
  })

  test('bytes that are no UTF-8 do not hide the value', () => {
    expect(queryValues('/x?command=rm%FF', 'command')).toEqual(['rm\u{fffd}'])
  })

  test('a pair that Go’s ParseQuery refuses is left out', () => {
    expect(queryValues('/x?command=%zz&command=a;b&command=ok', 'command')).toEqual(['ok'])
    expect(queryValues('/x?command=%4', 'command')).toEqual([])
  })

  test('reads what encodeURIComponent wrote', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 20 }), (values) => {
        const query = values.map((value) => `k=${encodeURIComponent(value)}`).join('&')
        expect(queryValues(`/x?${query}`, 'k')).toEqual(values)
      }),
    )
  })

  test('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'%+&=;?aF0é\ud800\0'.split('')) }), (text) => {
        expect(() => queryValues(`/x?${text}`, text)).not.toThrow()
      }),
    )
  })
})
