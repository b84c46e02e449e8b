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

/** UTC: `14:03:22` on the day of `nowMs`, else `11-20 14:03:22`, with the year where it is another one. */
export function clockTime(time: string, nowMs: number): string {
  const now = new Date(nowMs).toISOString()
  const [date = '', clock = ''] = time.slice(0, 'yyyy-mm-ddThh:mm:ss'.length).split('T')
  if (date === now.slice(0, date.length)) return clock
  return date.slice(0, 4) === now.slice(0, 4) ? `${date.slice(5)} ${clock}` : `${date} ${clock}`
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

function span(seconds: number): string | null {
  if (seconds < minuteS) return `${seconds}s`
  if (seconds < hourS) return `${Math.floor(seconds / minuteS)}m`
  if (seconds < 2 * dayS) return `${Math.floor(seconds / hourS)}h`
  return seconds < 60 * dayS ? `${Math.floor(seconds / dayS)}d` : null
}
