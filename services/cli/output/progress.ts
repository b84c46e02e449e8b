// openProgress: how far a file has been sent, as one line that is written over, where somebody watches.
import type { CliIo } from '../io.ts'
import { terminalText, truncated } from './terminal-text.ts'

export interface Progress {
  /** Draws at most ten times a second. */
  show(doneBytes: number, eventsCount: number): Promise<void>
  /** Removes the line. */
  clear(): Promise<void>
}

const drawEveryMs = 100
const barWidth = 24
const eraseLine = '\r\u001b[2K'

export function openProgress(io: CliIo, label: string, totalBytes: number | null): Progress {
  let lastMs = Number.NEGATIVE_INFINITY
  const beganMs = io.nowMs()
  return {
    show: async (doneBytes, eventsCount) => {
      const nowMs = io.nowMs()
      if (!io.stderr.isTty || nowMs - lastMs < drawEveryMs) return
      lastMs = nowMs
      const rate = Math.round((eventsCount * 1000) / Math.max(1, nowMs - beganMs))
      const line = `${terminalText(label)}  ${bar(doneBytes, totalBytes)}  ${eventsCount} events  ${rate}/s`
      await io.stderr.write(`${eraseLine}${truncated(line, io.stderr.columns - 1)}`)
    },
    clear: async () => {
      if (io.stderr.isTty && lastMs !== Number.NEGATIVE_INFINITY) await io.stderr.write(eraseLine)
    },
  }
}

function bar(doneBytes: number, totalBytes: number | null): string {
  if (totalBytes === null || totalBytes === 0) return `${(doneBytes / 1e6).toFixed(1)} MB`
  const share = Math.min(1, doneBytes / totalBytes)
  const full = Math.floor(share * barWidth)
  return `${'█'.repeat(full)}${'░'.repeat(barWidth - full)} ${String(Math.floor(share * 100)).padStart(3)}%`
}
