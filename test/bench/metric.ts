// metricOf: one figure of a process, as its /metrics tells it now.

import type { ServiceProcess } from '../service-process.ts'

/** The sum over its labels; 0 where it tells none. */
export async function metricOf({ operationsUrl }: ServiceProcess, name: string): Promise<number> {
  const text = await (await fetch(`${operationsUrl}/metrics`)).text()
  const lines = [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)`, 'gm'))]
  return lines.reduce((sum, [, value]) => sum + Number(value), 0)
}
