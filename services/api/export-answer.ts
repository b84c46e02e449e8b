// exportAnswer: an export as the API answers it.

import { isExportFormat, partName } from '@plaintrail/formats/export-format'
import { formatMicroTime } from '@plaintrail/event/time'
import type { ExportPart } from '@plaintrail/store/export-parts'
import type { Export } from '@plaintrail/store/exports'

export function exportAnswer(found: Export) {
  const { id, window, state } = found
  const self = `/v1/exports/${id}`
  return {
    id,
    created_at: found.created,
    finished_at: found.finished,
    expires_at: found.expires,
    maker: found.maker,
    state,
    error: found.error,
    query: found.query,
    window: { since: formatMicroTime(window.sinceUs), until: formatMicroTime(window.untilUs) },
    format: found.format,
    include_raw: found.withRaw,
    progress: { fraction: fractionOf(found), rows: found.rows, bytes: found.bytes, parts: found.parts },
    links: { self, manifest: state === 'done' ? `${self}/manifest` : null },
  }
}

export function partAnswer({ id, format }: Export, part: ExportPart) {
  const { number, rows, bytes, sha256 } = part
  return { number, name: nameOfPart(id, number, format), rows, bytes, sha256, url: `/v1/exports/${id}/parts/${number}` }
}

/** Another version may have had another format. */
export function nameOfPart(id: string, number: number, format: string): string {
  return isExportFormat(format) ? partName(id, number, format) : `${id}-${number}`
}

/** By the time of the last event: how many there will be, nobody knows. Digits beyond a thousandth say nothing. */
function fractionOf({ state, reachedUs, window }: Export): number {
  if (state === 'done') return 1
  if (reachedUs === null) return 0
  const passed = (reachedUs - window.sinceUs) / (window.untilUs - window.sinceUs)
  return Math.round(Math.min(1, Math.max(0, passed)) * 1_000) / 1_000
}
