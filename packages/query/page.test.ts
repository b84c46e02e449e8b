import { describe, expect, test } from 'vitest'
import { parseLimit, parseOrder } from './page.ts'
import { QueryError } from './query-error.ts'

describe('limit', () => {
  test('is 100 unless asked, and from 1 to 1000', () => {
    expect([parseLimit(undefined), parseLimit('1'), parseLimit(['1000'])]).toEqual([100, 1, 1000])
  })

  test.each(['0', '1001', '-1', '1.5', '1e2', '', ' 1', 'ten', '9'.repeat(400)])('is not %.10s', (text) =>
    expect(() => parseLimit(text)).toThrow(QueryError),
  )

  test('is sent once', () => expect(() => parseLimit(['1', '2'])).toThrow(/2 times/))
})

describe('order', () => {
  test('is newest first unless asked', () => {
    expect([parseOrder(undefined), parseOrder('ASC'), parseOrder('desc')]).toEqual(['desc', 'asc', 'desc'])
  })

  test('that is mistyped is answered with the one that was meant', () => {
    expect(() => parseOrder('dsc')).toThrow(expect.objectContaining({ suggestion: 'desc' }))
  })
})
