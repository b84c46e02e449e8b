import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { layoutTable, tableLine } from './table.ts'
import { displayWidth } from './terminal-text.ts'

const lines = (titles: readonly string[], rows: readonly (readonly string[])[], columns: number | null): string[] => {
  const layout = layoutTable(titles, rows, columns)
  return [titles, ...rows].map((row) => tableLine(layout, row).trimEnd())
}

describe('a table', () => {
  test('aligns its columns, wide characters included', () => {
    expect(
      lines(
        ['WHO', 'DID'],
        [
          ['李雷', 'x'],
          ['alice', 'y'],
        ],
        80,
      ),
    ).toEqual(['WHO    DID', '李雷   x', 'alice  y'])
  })

  test('cuts the widest columns first to fit the terminal', () => {
    const rows = [['now', 'a'.repeat(40), 'b'.repeat(20)]]
    const [, row] = lines(['WHEN', 'WHO', 'WHAT'], rows, 40)
    expect(row).toBe(`now   ${'a'.repeat(15)}…  ${'b'.repeat(15)}…`)
  })

  test('loses nothing where there is no terminal', () => {
    const long = 'a'.repeat(5000)
    expect(lines(['WHO'], [[long]], null)[1]).toBe(long)
  })

  test('is never wider than a terminal of a usual width', () => {
    const cell = fc.string({ unit: 'grapheme-ascii', maxLength: 60 })
    fc.assert(
      fc.property(
        fc.array(fc.array(cell, { minLength: 5, maxLength: 5 })),
        fc.integer({ min: 40, max: 200 }),
        (rows, columns) => {
          const widths = lines(['A', 'B', 'C', 'D', 'E'], rows, columns).map(displayWidth)
          expect(Math.max(...widths)).toBeLessThanOrEqual(columns)
        },
      ),
    )
  })
})

test('what is to be whole is not cut, and the others give way for it', () => {
  const id = 'fnd_7N6PRMP6A83PDD5K603NQKYZN0'
  const text = 'a text that is much longer than there is room for'
  const layout = layoutTable(['ID', 'WHAT'], [[id, text]], 40, [true, false])
  expect(tableLine(layout, [id, text])).toMatch(/^fnd_7N6PRMP6A83PDD5K603NQKYZN0 {2}a text/)
  expect(layout.widths).toEqual([30, 8])
})
