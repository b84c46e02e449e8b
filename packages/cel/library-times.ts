// The parts of timestamps and durations.

import { method, type Overload } from './overload.ts'
import { notA } from './library-conversions.ts'
import { wallClock } from './times.ts'
import { type CelDuration, type CelTimestamp, intOf, type Value } from './value.ts'

const parts: Readonly<Record<string, (date: Date) => number>> = {
  getFullYear: (date) => date.getUTCFullYear(),
  getMonth: (date) => date.getUTCMonth(),
  getDate: (date) => date.getUTCDate(),
  getDayOfMonth: (date) => date.getUTCDate() - 1,
  getDayOfWeek: (date) => date.getUTCDay(),
  getDayOfYear: dayOfYear,
  getHours: (date) => date.getUTCHours(),
  getMinutes: (date) => date.getUTCMinutes(),
  getSeconds: (date) => date.getUTCSeconds(),
  getMilliseconds: (date) => date.getUTCMilliseconds(),
}

const lengths: Readonly<Record<string, (nanos: bigint) => bigint>> = {
  getHours: (nanos) => nanos / 3_600_000_000_000n,
  getMinutes: (nanos) => nanos / 60_000_000_000n,
  getSeconds: (nanos) => nanos / 1_000_000_000n,
  getMilliseconds: (nanos) => (nanos / 1_000_000n) % 1_000n,
}

/** What it costs to ask for the clock of a named zone: some microseconds. */
const zoneCost = 50

export const timeParts: readonly Overload[] = [
  ...Object.entries(parts).flatMap(([name, part]) => [
    method<[CelTimestamp]>(name, ['timestamp'], 'int', ([time]) => partIn(time, 'UTC', part)),
    method<[CelTimestamp, string]>(name, ['timestamp', 'string'], 'int', ([time, zone], run) => {
      run.spend(zoneCost)
      return partIn(time, zone, part)
    }),
  ]),
  ...Object.entries(lengths).map(([name, length]) =>
    method<[CelDuration]>(name, ['duration'], 'int', ([duration]) => intOf(length(duration.nanos))),
  ),
]

function partIn(time: CelTimestamp, zone: string, part: (date: Date) => number): Value {
  const date = wallClock(time.nanos, zone)
  return date === undefined ? notA('a time zone', zone) : part(date)
}

function dayOfYear(date: Date): number {
  const start = new Date(0)
  start.setUTCFullYear(date.getUTCFullYear(), 0, 1)
  return Math.floor((date.getTime() - start.getTime()) / 86_400_000)
}
