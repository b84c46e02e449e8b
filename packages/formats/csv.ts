// csvHeader and csvLine: RFC 4180, and no cell that a spreadsheet would take for a formula.

import { columnsOf, type Column } from './columns.ts'
import { rawText, type ExportRow } from './export-row.ts'

const lineEnd = '\r\n'

export function csvHeader(withRaw: boolean): string {
  return line(columnsOf(withRaw).map(({ name }) => name))
}

/** Lists are JSON arrays; nothing is an empty cell; bytes that are no UTF-8 are `base64:` and their base64. */
export function csvLine(row: ExportRow, withRaw: boolean): string {
  return line(columnsOf(withRaw).map((column) => quoted(cellOf(column, row))))
}

const line = (cells: readonly string[]): string => cells.join(',') + lineEnd

function cellOf(column: Column, row: ExportRow): string {
  switch (column.type) {
    case 'text':
      return guarded(column.valueOf(row) ?? '')
    case 'integer':
      return String(column.valueOf(row) ?? '')
    case 'boolean':
      return String(column.valueOf(row))
    case 'time':
      return column.valueOf(row) ?? ''
    case 'texts':
      return listCell(column.valueOf(row))
    case 'bytes':
      return bytesCell(row)
    default:
      return column satisfies never
  }
}

/** Begins with a bracket, so that it is no formula whatever is in it. */
const listCell = (values: readonly string[]): string => (values.length === 0 ? '' : JSON.stringify(values))

function bytesCell(row: ExportRow): string {
  if (!row.raw) return ''
  const text = rawText(row)
  return text === null ? `base64:${Buffer.from(row.raw).toString('base64')}` : guarded(text)
}

/** What spreadsheets take for the begin of a formula, also behind white space and as the wide signs of Japanese input. */
const formula = /^'*\s*[=+\-@\t\r\n＝＋－＠]/

/**
 * An apostrophe before it: spreadsheets show the text and run nothing. One that begins with apostrophes and then a
 * formula gets one too, so that taking one away where a formula follows gives every text back.
 */
function guarded(text: string): string {
  return formula.test(text) ? `'${text}` : text
}

/** Semicolons and tabs too: where they separate cells, a formula could begin behind one. */
const special = /[",;\t\r\n]|^\s|\s$/

function quoted(cell: string): string {
  return special.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
