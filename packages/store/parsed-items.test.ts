// What was parsed is found again within its bound, and by its bytes past it.

import { expect, test } from 'vitest'
import { createParsedItems, parsedOf, type ParsedItem } from './parsed-items.ts'
import type { SegmentItems } from './segment-items.ts'

const bytesOf = (segmentId: number, item: number): Buffer =>
  Buffer.from(JSON.stringify({ kind: 'Event', auditID: `${segmentId}-${item}`, filling: 'x'.repeat(100) }))

/** Counts what is read of it; segment 9 is gone. */
function segments(): SegmentItems & { readonly reads: string[] } {
  const reads: string[] = []
  return {
    reads,
    read: async (segmentId, item) => {
      reads.push(`${segmentId}/${item}`)
      return segmentId === 9 ? null : bytesOf(segmentId, item)
    },
    readAhead: async () => undefined,
  }
}

function parsed(segmentId: number, item: number): ParsedItem {
  const read = parsedOf(bytesOf(segmentId, item), 0)
  if (read === null) throw new Error('the test made no event')
  return read
}

test('what was handed over is read without its bytes, and what was not is read once', async () => {
  const [items, shared] = [segments(), createParsedItems()]
  const own = parsed(1, 0)
  shared.keep(1, 0, own)
  expect(await shared.read(items, { segmentId: 1, item: 0, flags: 0 })).toBe(own)
  const read = await shared.read(items, { segmentId: 1, item: 1, flags: 0 })
  expect(read?.raw['auditID']).toBe('1-1')
  expect(await shared.read(items, { segmentId: 1, item: 1, flags: 0 })).toBe(read)
  expect(items.reads).toEqual(['1/1'])
  // As after a fence: ids that were remembered are others' now.
  const other = parsed(1, 7)
  shared.keep(1, 0, other)
  expect(await shared.read(items, { segmentId: 1, item: 0, flags: 0 })).toBe(other)
  expect(await shared.read(items, { segmentId: 9, item: 0, flags: 0 })).toBeNull()
})

test('no more stays than the bound, and the segment that came first goes first', () => {
  const one = parsed(1, 0)
  const shared = createParsedItems(one.bytes * 3)
  for (const [segmentId, item] of [
    [1, 0],
    [1, 1],
    [2, 0],
    [3, 0],
  ] as const) {
    shared.keep(segmentId, item, parsed(segmentId, item))
  }
  const kept = [
    [1, 0],
    [1, 1],
    [2, 0],
    [3, 0],
  ].filter(([segmentId = 0, item = 0]) => shared.get({ segmentId, item }))
  expect(kept).toEqual([
    [2, 0],
    [3, 0],
  ])
  shared.clear()
  expect(shared.get({ segmentId: 3, item: 0 })).toBeNull()
  const none = createParsedItems(0)
  none.keep(1, 0, one)
  expect(none.get({ segmentId: 1, item: 0 })).toBeNull()
})
