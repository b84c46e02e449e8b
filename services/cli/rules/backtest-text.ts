// backtestText: what a rule would have found, for people: how much, when, of what, and what changes.
import type { components } from '@plaintrail/api-client/api-types'
import { terminalText } from '../output/terminal-text.ts'
import { counted } from './counted.ts'

export type Backtest = components['schemas']['Backtest']
type BacktestFinding = components['schemas']['BacktestFinding']

/** Of one that is done. Lines that are safe on a terminal. */
export function backtestText(backtest: Backtest): string {
  const lines = [headLine(backtest), ...findingLines(backtest), ...tellLines(backtest)]
  const bars = barsOf(backtest)
  return [...lines, ...(bars === '' ? [] : [bars])].map((line) => `${line}\n`).join('')
}

function headLine({ findings, events, peak }: Backtest): string {
  const peakWords = peak === null ? '' : ` · peak ${peak.findings}/day (${dayWords(peak.day)})`
  return `would open ${counted(findings ?? 0, 'finding')} from ${counted(events ?? 0, 'request')}${peakWords}`
}

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const

/** `Tue 10 Nov`, in UTC. */
function dayWords(day: string): string {
  const date = new Date(day)
  return `${weekdays[date.getUTCDay()]} ${date.getUTCDate()} ${months[date.getUTCMonth()]}`
}

function findingLines({ top, findings, new_against_running: difference }: Backtest): readonly string[] {
  const shown = top ?? []
  const width = Math.max(0, ...shown.map(({ events }) => String(events).length))
  const starting = new Set(difference?.starting.map(({ id }) => id))
  const lines = shown.map((one) => {
    const isNew = starting.has(one.id) ? '  new' : ''
    return `  ${String(one.events).padStart(width)}  ${terminalText(groupWords(one))}${isNew}`
  })
  const rest = (findings ?? 0) - shown.length
  return rest > 0 ? [...lines, `  … and ${counted(rest, 'finding')} with fewer requests`] : lines
}

function groupWords({ cluster, group }: BacktestFinding): string {
  const values = Object.values(group).filter((value) => value !== null)
  return [cluster, ...values].join('  ')
}

function tellLines({ new_against_running: difference, judged, reached, hidden }: Backtest): readonly string[] {
  const lines: string[] = []
  if (hidden !== null && hidden > 0) lines.push(`hidden by exceptions that hold: ${counted(hidden, 'request')}`)
  if (difference !== null) {
    lines.push(`vs. version ${difference.version} in force: +${difference.starts} −${difference.stops}`)
    for (const one of difference.stopping) lines.push(`  stops  ${terminalText(groupWords(one))}`)
  }
  const lacking = judged.insufficient + judged.errors
  if (lacking > 0) lines.push(`not evaluable: ${counted(lacking, 'event')} of ${judged.evaluated}`)
  for (const { cluster, what, because, count, error } of judged.because) {
    const says = error ? `the rule is at fault at ${because}` : `${what}: ${because}`
    lines.push(`  ${count}  ${terminalText(`${cluster}  ${says}`)}`)
  }
  if (reached !== null) lines.push(`! it matches too much: judged up to ${terminalText(reached)} only`)
  return lines
}

const dayMs = 86_400_000
/** Of a terminal; a longer window has several days a bar. */
const barsMax = 60
const heights = '▁▂▃▄▅▆▇█'

/** Findings that open, from the first day of the window to its last. Empty where there are none. */
function barsOf({ days, window }: Backtest): string {
  const [first, last] = [Date.parse(window.since), Date.parse(window.until)].map((ms) => Math.floor(ms / dayMs))
  if (days === null || days.length === 0 || first === undefined || last === undefined) return ''
  const daysABar = Math.ceil((last - first + 1) / barsMax)
  const bars = Array.from({ length: Math.ceil((last - first + 1) / daysABar) }, () => 0)
  for (const { day, findings } of days) {
    const bar = Math.floor((Date.parse(day) / dayMs - first) / daysABar)
    bars[bar] = (bars[bar] ?? 0) + findings
  }
  const most = Math.max(1, ...bars)
  return bars.map((count) => heights[Math.ceil((count / most) * (heights.length - 1))] ?? '').join('')
}
