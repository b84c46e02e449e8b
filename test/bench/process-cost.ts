// What processes cost, from /proc: processor time and the most memory they held.

import { readdirSync, readFileSync } from 'node:fs'

/** USER_HZ of Linux, whatever the kernel's own clock. */
const ticksPerSecond = 100

/** User and system time of one process, in microseconds. */
export function cpuUs(pid: number): number {
  const [user, system] = ticksOf(pid)
  return toUs(user + system)
}

/** The same of Postgres: of the postmaster, of its children and of those that have ended. */
export function postgresCpuUs(postmaster: number): number {
  const own = ticksOf(postmaster).reduce((sum, ticks) => sum + ticks, 0)
  return toUs(own) + childrenOf(postmaster).reduce((sum, pid) => sum + cpuUs(pid), 0)
}

/** Resident memory at its highest. */
export function peakMiB(pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) >> 10
}

/** utime, stime, cutime and cstime (proc_pid_stat(5)); zeros where the process is gone. */
function ticksOf(pid: number): readonly [number, number, number, number] {
  const fields = fieldsOf(pid)
  const at = (index: number): number => Number(fields[index] ?? 0)
  return [at(11), at(12), at(13), at(14)]
}

function childrenOf(parent: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && fieldsOf(Number(name))[1] === String(parent))
    .map(Number)
}

/** From the state on: the name before it may hold spaces and brackets. */
function fieldsOf(pid: number): readonly string[] {
  const text = read(`/proc/${pid}/stat`)
  return text.slice(text.lastIndexOf(')') + 2).split(' ')
}

function toUs(ticks: number): number {
  return (ticks * 1_000_000) / ticksPerSecond
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
