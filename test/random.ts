// A seeded random source: the same seed gives the same numbers on every machine.

export interface Random {
  /** From 0 up to, not including, 1. */
  next(): number
  /** A whole number from 0 up to, not including, `below`. */
  below(below: number): number
  pick<T>(from: readonly [T, ...T[]]): T
  uuid(): string
  /** Lower-case letters and digits, as Kubernetes makes name suffixes. */
  suffix(length: number): string
}

/** mulberry32: 32 bits of state are enough for test data. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  const hex = (): string => below(0x1_0000).toString(16).padStart(4, '0')
  const letters = 'bcdfghjklmnpqrstvwxz2456789'
  return {
    next,
    below,
    pick: (from) => from[below(from.length)] ?? from[0],
    uuid: () => `${hex()}${hex()}-${hex()}-4${hex().slice(1)}-a${hex().slice(1)}-${hex()}${hex()}${hex()}`,
    suffix: (length) => Array.from({ length }, () => letters[below(letters.length)]).join(''),
  }
}
