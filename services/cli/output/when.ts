// How long ago, for people, and what time, for programs.

const minuteS = 60
const hourS = 3600
const dayS = 86_400

/** `14m ago`, `2h ago`, `in 3m`; the date where it is longer than 60 days; the text as it is where it is no time. */
export function relativeTime(time: string, nowMs: number): string {
  const ms = Date.parse(time)
  if (Number.isNaN(ms)) return time
  const seconds = Math.round((nowMs - ms) / 1000)
  const amount = span(Math.abs(seconds))
  if (amount === null) return time.slice(0, 'yyyy-mm-dd'.length)
  return seconds < 0 ? `in ${amount}` : `${amount} ago`
}

/** `14:03:22` on the day of `nowMs`, else `11-20 14:03:22`, with the year where it is another one; in that zone. */
export function clockTime(time: string, nowMs: number, zone = 'UTC'): string {
  const now = zonedTime(new Date(nowMs).toISOString(), zone)
  const [date = '', clock = ''] = zonedTime(time, zone).slice(0, 'yyyy-mm-ddThh:mm:ss'.length).split('T')
  if (date === now.slice(0, date.length)) return clock
  return date.slice(0, 4) === now.slice(0, 4) ? `${date.slice(5)} ${clock}` : `${date} ${clock}`
}

/** RFC 3339 with the zone's offset, its fraction of a second as it came: `2026-11-20T15:03:22.418211+01:00`. */
export function zonedTime(time: string, zone: string): string {
  const ms = Date.parse(time)
  if (zone === 'UTC' || Number.isNaN(ms)) return time
  const parts = Object.fromEntries(
    zoneFormat(zone)
      .formatToParts(ms)
      .map(({ type, value }) => [type, value]),
  )
  const fraction = /\.\d+/.exec(time)?.[0] ?? ''
  const offset = (parts['timeZoneName'] ?? '').replace('GMT', '')
  const { year = '', month = '', day = '', hour = '', minute = '', second = '' } = parts
  return `${year}-${month}-${day}T${hour}:${minute}:${second}${fraction}${offset === '' ? 'Z' : offset}`
}

/** `Europe/Berlin`, or `local` for this machine's; null where there is no such zone. */
export function readZone(text: string): string | null {
  try {
    return new Intl.DateTimeFormat('en', text === 'local' ? {} : { timeZone: text }).resolvedOptions().timeZone
  } catch {
    return null
  }
}

/** `38 ms`, `1.2 s`, `14m 02s`. */
export function duration(us: number): string {
  if (us < 1000) return `${us} µs`
  if (us < 1e6) return `${Math.round(us / 1000)} ms`
  if (us < 60e6) return `${(us / 1e6).toFixed(1)} s`
  const seconds = Math.floor(us / 1e6)
  const minutes = Math.floor(seconds / minuteS)
  return minutes < 60
    ? `${minutes}m ${String(seconds % minuteS).padStart(2, '0')}s`
    : `${Math.floor(minutes / 60)}h ${String(minutes % 60).padStart(2, '0')}m`
}

/** `90s`, `5m`, `2h` in milliseconds; null where it is none. */
export function readDurationMs(text: string): number | null {
  const found = /^(\d{1,7})(ms|s|m|h)$/.exec(text)
  const unitsMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }
  if (found === null) return null
  const [, count = '', unit = 's'] = found
  return Number(count) * (unitsMs[unit as keyof typeof unitsMs] ?? 0)
}

/** Making one takes 50 µs, and a page has a thousand times. */
const zoneFormats = new Map<string, Intl.DateTimeFormat>()

function zoneFormat(zone: string): Intl.DateTimeFormat {
  const known = zoneFormats.get(zone)
  if (known !== undefined) return known
  const made = new Intl.DateTimeFormat('en', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'longOffset',
  })
  zoneFormats.set(zone, made)
  return made
}

function span(seconds: number): string | null {
  if (seconds < minuteS) return `${seconds}s`
  if (seconds < hourS) return `${Math.floor(seconds / minuteS)}m`
  if (seconds < 2 * dayS) return `${Math.floor(seconds / hourS)}h`
  return seconds < 60 * dayS ? `${Math.floor(seconds / dayS)}d` : null
}
