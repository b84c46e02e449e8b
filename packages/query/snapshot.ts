// Snapshot: what was stored at one moment, as the last number of each lane. Numbers of a lane have no holes and become
// visible in their order, so a row is in the snapshot exactly when its number is no greater than its lane's.

export interface Snapshot {
  /** Microseconds since 1970. What was stored by then is in it. */
  readonly takenUs: number
  /**
   * The last number of each lane, by the lane's id; a lane that is not here has nothing in it. Null where there were more
   * than lanesInSnapshotMax: then nothing tells what came later from what was there.
   */
  readonly lanes: ReadonlyMap<number, number> | null
}

/** Lanes, so that a snapshot fits into a cursor and a cursor into a URL: about six bytes each. */
export const lanesInSnapshotMax = 256

/** A few characters a lane: numbers of seven bits a byte, base64url. */
export function encodeSnapshot({ takenUs, lanes }: Snapshot): string {
  const bytes: number[] = []
  writeNumber(bytes, takenUs)
  writeNumber(bytes, lanes === null ? 0 : lanes.size + 1)
  let before = 0
  for (const [id, last] of [...(lanes ?? [])].toSorted(([a], [b]) => a - b)) {
    writeNumber(bytes, id - before)
    writeNumber(bytes, last)
    before = id
  }
  return Buffer.from(bytes).toString('base64url')
}

/** Null for a text that encodeSnapshot did not write. */
export function decodeSnapshot(text: string): Snapshot | null {
  const bytes = Buffer.from(text, 'base64url')
  const numbers = readNumbers(bytes)
  const [takenUs, count, ...pairs] = numbers ?? []
  if (takenUs === undefined || count === undefined || count > lanesInSnapshotMax + 1) return null
  if (pairs.length !== 2 * Math.max(0, count - 1)) return null
  if (count === 0) return { takenUs, lanes: null }
  const lanes = new Map<number, number>()
  let id = 0
  for (let at = 0; at < pairs.length; at += 2) {
    id += pairs[at] ?? 0
    lanes.set(id, pairs[at + 1] ?? 0)
  }
  return lanes.size === count - 1 ? { takenUs, lanes } : null
}

/** Base 128, least first; the highest bit says that there is more. Not by shifts: those are of 32 bits. */
function writeNumber(bytes: number[], value: number): void {
  let rest = value
  while (rest >= 128) {
    bytes.push((rest % 128) + 128)
    rest = Math.floor(rest / 128)
  }
  bytes.push(rest)
}

function readNumbers(bytes: Uint8Array): readonly number[] | null {
  const numbers: number[] = []
  let [value, scale] = [0, 1]
  for (const byte of bytes) {
    value += (byte % 128) * scale
    scale *= 128
    if (!Number.isSafeInteger(value)) return null
    if (byte >= 128) continue
    numbers.push(value)
    ;[value, scale] = [0, 1]
  }
  return scale === 1 ? numbers : null
}
