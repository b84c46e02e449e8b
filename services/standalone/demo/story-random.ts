// Random: a small seeded generator, so that the story comes out the same every time it is written.

export interface Random {
  /** A whole number from 0 to `bound` - 1. */
  below(bound: number): number
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number
  pick<T>(list: readonly T[]): T
  /** A UUID of version 4, as the API server makes for audit ids and object uids. */
  uuid(): string
  /** Letters that Kubernetes puts behind a generateName: no vowels, so that no word comes out. */
  suffix(length: number): string
}

/** Kubernetes' alphabet for generated names (apimachinery pkg/util/rand). */
export const nameAlphabet = 'bcdfghjklmnpqrstvwxz2456789'

/** Mulberry32: 32 bits of state, and good enough for a story. Never for keys. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  const below = (bound: number): number => next() % bound
  const hex = (): string => next().toString(16).padStart(8, '0')
  return {
    below,
    between: (low, high) => low + below(high - low + 1),
    pick: (list) => {
      const chosen = list[below(list.length)]
      if (chosen === undefined) throw new RangeError('could not pick from an empty list: give it at least one entry')
      return chosen
    },
    uuid: () => uuidFrom(hex() + hex() + hex() + hex()),
    suffix: (length) => Array.from({ length }, () => nameAlphabet.charAt(below(nameAlphabet.length))).join(''),
  }
}

/** Shapes 32 hexadecimal digits as a UUID of version 4, variant 1 (RFC 9562, section 5.4). */
export function uuidFrom(hex: string): string {
  const variant = '89ab'.charAt(Number.parseInt(hex.charAt(16), 16) % 4)
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, variant + hex.slice(17, 20)]
  return [...parts, hex.slice(20, 32)].join('-')
}
