// The benchmark's output: one aligned line a figure, so that two runs can be laid side by side.

export function heading(text: string): void {
  console.log(`${text}\n${new Date().toISOString()}\n`)
}

export function row(what: string, figure: string, remark: string): void {
  console.log(`${what.padEnd(36)} ${figure.padStart(34)}   ${remark}`)
}

export function rate(perSecond: number): string {
  return Math.round(perSecond).toLocaleString('en')
}

/** The value below which the share of the sorted values lies. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}
