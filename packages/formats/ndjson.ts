// ndjsonLine: an event as the API answers it, one a line.

import { rawText, type ExportRow } from './export-row.ts'

/** Raw bytes go into the line as they are; those that are no JSON of one line, or that nobody parsed, as base64. */
export function ndjsonLine(row: ExportRow): string {
  const text = JSON.stringify(row.event)
  return row.raw === undefined ? `${text}\n` : `${text.slice(0, -1)},${rawMember(row)}}\n`
}

function rawMember(row: ExportRow): string {
  if (!row.raw) return '"raw":null'
  const text = row.event.flags.includes('bodyTooLarge') ? null : rawText(row)
  if (text !== null && !/[\r\n]/.test(text)) return `"raw":${text}`
  return `"raw_base64":"${Buffer.from(row.raw).toString('base64')}"`
}
