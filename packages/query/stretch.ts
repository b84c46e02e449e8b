// parseStretch: the stretch of time that a written time covers: a day where a day is written, a second where a second is.
import { formatMicroTime } from '@plaintrail/event/time'
import { unitUs } from './duration.ts'
import { QueryError } from './query-error.ts'
import { parseInterval, parseTime, timeUsMax } from './window.ts'

/**
 * Microseconds since 1970, both in the stretch. A time written as a span before now covers nothing by itself: it is a
 * point between two microseconds, and `maxUs` is the one before it.
 */
export interface Stretch {
  readonly minUs: number
  readonly maxUs: number
}

/** Takes what parseTime takes and the intervals of ISO 8601 (`2026-11-20/P1D`). Throws QueryError naming `parameter`. */
export function parseStretch(text: string, nowUs: number, parameter: string): Stretch {
  const stretch = readStretch(text, nowUs, parameter)
  if (stretch.minUs >= 0 && stretch.maxUs < timeUsMax) return stretch
  throw new QueryError({
    message: `could not read ${parameter}: "${text.slice(0, 100)}" is before 1970 or after 2199`,
    parameter,
    hint: 'Leave the end of the stretch open.',
  })
}

/** As short as parseTime reads it: `2026-11-20`, `2026-11-20T14:03:22Z`, `2026-11-20T14:03:22.5Z`. */
export function formatTime(us: number): string {
  const text = formatMicroTime(us)
  if (us % unitUs.d === 0) return text.slice(0, 'YYYY-MM-DD'.length)
  return text.replace(/\.?0*Z$/, 'Z')
}

function readStretch(text: string, nowUs: number, parameter: string): Stretch {
  if (text.includes('/')) {
    const { sinceUs, untilUs } = parseInterval(text, nowUs, parameter)
    return { minUs: sinceUs, maxUs: untilUs - 1 }
  }
  const minUs = parseTime(text, nowUs, parameter)
  return { minUs, maxUs: minUs + lengthUs(text) - 1 }
}

/** How long the last thing written takes: a day, a second, or the unit of the last digit of its fraction. */
function lengthUs(text: string): number {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return unitUs.d
  const written = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.(\d+))?/.exec(text)
  if (written === null) return 0
  const digits = Math.min(6, written[1]?.length ?? 0)
  return 10 ** (6 - digits)
}
