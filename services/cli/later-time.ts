// readLater: a time to come, as somebody types it: a date, RFC 3339, or a time span from now.

import { CliError } from './cli-error.ts'

const unitsMs = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 } as const
/** Of a span, in milliseconds: ten years. */
const spanMsMax = 10 * 366 * unitsMs.d
const wholeTime = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/

/** RFC 3339. Throws CliError. */
export function readLater(flag: string, text: string, nowMs: number): string {
  const [, count, unit] = /^(\d{1,6})([mhdw])$/.exec(text) ?? []
  const spanMs = Number(count) * (unit === undefined ? Number.NaN : unitsMs[unit as keyof typeof unitsMs])
  const atMs = Number.isNaN(spanMs) ? (wholeTime.test(text) ? Date.parse(text) : Number.NaN) : nowMs + spanMs
  if (Number.isNaN(atMs) || atMs > nowMs + spanMsMax)
    throw new CliError('usage', `could not read ${flag}: "${text}" is no time`, {
      hint: 'Say 7d, 2026-12-31 or 2026-12-31T18:00:00Z.',
    })
  if (atMs <= nowMs) throw new CliError('usage', `could not read ${flag}: "${text}" is past`)
  return new Date(atMs).toISOString()
}
