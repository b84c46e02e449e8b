// Quarters of a day (UTC), counted from 1970: what one tally is of. Short, because the ends of a window and what changed
// since are counted from the events; not shorter, because each has nearly all the values that a day has.

export const hourUs = 3_600_000_000
export const hoursAQuarter = 6
const quarterUs = hoursAQuarter * hourUs
export const quartersADay = 4

/** The one in which a time lies, in microseconds since 1970. */
export function quarterOf(us: number): number {
  return Math.floor(us / quarterUs)
}

export function quarterStartUs(quarter: number): number {
  return quarter * quarterUs
}
