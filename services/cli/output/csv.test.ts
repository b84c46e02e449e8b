import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { csvLine } from './csv.ts'

/** RFC 4180, read back: a cell is in quotes, with every quote in it doubled, or has none. */
function readCsvLine(line: string): string[] {
  const cells: string[] = []
  let rest = `,${line.replace(/\r\n$/, '')}`
  while (rest !== '') {
    const [whole = '', quoted, bare = ''] = /^,(?:"((?:[^"]|"")*)"|([^",\r\n]*))/.exec(rest) ?? []
    if (whole === '') throw new Error(`no CSV: ${rest}`)
    cells.push(quoted?.replaceAll('""', '"') ?? bare)
    rest = rest.slice(whole.length)
  }
  return cells
}

test('a cell that a spreadsheet would take for a formula is text', () => {
  const cells = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', 'a=1', '']
  expect(csvLine(cells)).toBe(`'=1+1,'+1,'-1,'@SUM(A1),"'\t=1","'\r=1",a=1,\r\n`)
  // Behind white space, and as the wide signs of Japanese input; and behind what separates cells elsewhere.
  expect(csvLine(['  =1+1', '\n=1', '＝1+1', '＠SUM(A1)', 'a;=1+1'])).toBe(
    `'  =1+1,"'\n=1",'＝1+1,'＠SUM(A1),"a;=1+1"\r\n`,
  )
})

test('what is read back is what was written, but for the apostrophe', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (cells) => {
      const back = readCsvLine(csvLine(cells))
      expect(back.map((cell, index) => (cell === `'${cells[index]}` ? cells[index] : cell))).toEqual(cells)
      for (const cell of back) expect(cell).not.toMatch(/^\s*[=+\-@\t\r\n＝＋－＠]/)
    }),
  )
})
