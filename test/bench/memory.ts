// Resident memory of the system while the benchmark runs, from /proc: what Node holds, and what Postgres holds of its own.

import { readdirSync, readFileSync } from 'node:fs'

export interface PeakMemory {
  readonly nodeMiB: number
  readonly postgresMiB: number
  /** Node's resident memory at the end of each quarter of the time: flat is right. */
  readonly quartersMiB: readonly number[]
}

const everyMs = 250
/** Adding up what the backends map stops them, and us, for some 30 ms: seldom, or the latencies are its own. */
const postgresEvery = 20

export function watchMemory(pid: number): { stop(): PeakMemory } {
  const node: number[] = []
  let postgres = 0
  const timer = setInterval(() => {
    node.push(residentMiB(pid))
    if (node.length % postgresEvery === 0) postgres = Math.max(postgres, postgresMiB())
  }, everyMs)
  return {
    stop() {
      clearInterval(timer)
      const quarters = [0.25, 0.5, 0.75, 1].map((share) => node[Math.max(0, Math.floor(node.length * share) - 1)] ?? 0)
      return { nodeMiB: Math.max(0, ...node), postgresMiB: postgres, quartersMiB: quarters }
    },
  }
}

function residentMiB(pid: number): number {
  return kibibytes(`/proc/${pid}/status`, 'VmRSS') >> 10
}

/** Pss shares out what the backends map together, so that shared buffers count once. */
function postgresMiB(): number {
  let sum = 0
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry) || !read(`/proc/${entry}/comm`).startsWith('postgres')) continue
    sum += kibibytes(`/proc/${entry}/smaps_rollup`, 'Pss')
  }
  return sum >> 10
}

function kibibytes(path: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(read(path))?.[1] ?? 0)
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
