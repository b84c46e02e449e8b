// Durations as people write them (`1h30m`, `500ms`) and as ISO 8601 does (`PT15M`), in microseconds.

/** A length of time; months have none of their own, so they are kept apart. */
export interface Duration {
  readonly months: number
  readonly us: number
}

export const unitUs = { s: 1e6, m: 60e6, h: 3600e6, d: 86_400e6, w: 604_800e6 } as const
const allUnitsUs: ReadonlyMap<string, number> = new Map([['us', 1], ['ms', 1000], ...Object.entries(unitUs)])
/** From the largest one that is written back. Weeks are not: `14d` is read by everybody. */
const writtenUnits = ['d', 'h', 'm', 's', 'ms', 'us'] as const

/** `15m`, `1h30m`, `2w`, `500ms`, or what parseIsoDuration takes; null for anything else. */
export function parseDuration(text: string): Duration | null {
  return parseShortDuration(text) ?? parseIsoDuration(text)
}

/** ISO 8601: `PT15M`, `P1D`, `P2W`, `P1Y6M`, `P1DT12H`, `PT1.5S`; null for anything else. */
export function parseIsoDuration(text: string): Duration | null {
  const written =
    /^P(?=.)(?:(\d{1,4})Y)?(?:(\d{1,9})M)?(?:(\d{1,9})W)?(?:(\d{1,9})D)?(?:T(?=.)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d{1,6})?)S)?)?$/i.exec(
      text,
    )
  if (written === null) return null
  const [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = written
    .slice(1)
    .map((count) => Number(count ?? 0))
  const us = weeks * unitUs.w + days * unitUs.d + hours * unitUs.h + minutes * unitUs.m + Math.round(seconds * unitUs.s)
  return { months: years * 12 + months, us }
}

/** A whole number of microseconds as parseDuration reads it: `1h30m`, `0s`. */
export function formatDuration(us: number): string {
  let rest = us
  let text = ''
  for (const unit of writtenUnits) {
    const length = allUnitsUs.get(unit) ?? 1
    const count = Math.floor(rest / length)
    if (count > 0) text += `${count}${unit}`
    rest -= count * length
  }
  return text === '' ? '0s' : text
}

function parseShortDuration(text: string): Duration | null {
  if (!/^(?:\d{1,9}(?:us|ms|[smhdw]))+$/.test(text)) return null
  let us = 0
  for (const [, count, unit = ''] of text.matchAll(/(\d+)([a-z]+)/g)) us += Number(count) * (allUnitsUs.get(unit) ?? 0)
  return { months: 0, us }
}
