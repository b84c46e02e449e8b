// Segment ids: receive day * 2^32 + number, so that an id alone says in which daily partition its segment stands.

const dayUs = 86_400_000_000
const numbersADay = 0x1_0000_0000

/** `day` in days since 1970. */
export function segmentIdAt(day: number, number: number): number {
  return day * numbersADay + number
}

/** Days since 1970 (UTC). */
export function dayOf(us: number): number {
  return Math.floor(us / dayUs)
}

export function dayStartUs(day: number): number {
  return day * dayUs
}

/** Ids of the segments received on a day: from the first up to, but not including, the second. */
export function segmentIdsOfDay(day: number): readonly [number, number] {
  return [day * numbersADay, (day + 1) * numbersADay]
}

export function dayOfSegment(id: number): number {
  return Math.floor(id / numbersADay)
}

/** `20261123` for a day's partition names. */
export function dayName(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '')
}

/** The day of a partition's name, `20261123`. */
export function dayFromName(name: string): number {
  return Date.UTC(Number(name.slice(0, 4)), Number(name.slice(4, 6)) - 1, Number(name.slice(6, 8))) / 86_400_000
}
