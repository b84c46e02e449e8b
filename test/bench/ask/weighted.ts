// Draws by weight, and by Zipf's law: as real populations act, the first one most and the last one hardly ever.

import type { Random } from '../../random.ts'

export interface Draw<T> {
  draw(): T
}

export function weighted<T>(random: Random, values: readonly (readonly [T, number])[]): Draw<T> {
  let sum = 0
  const bounds = Float64Array.from(values, ([, weight]) => (sum += weight))
  return {
    draw() {
      const found = values[firstAbove(bounds, random.next() * sum)]
      if (found === undefined) throw new RangeError('could not draw from nothing')
      return found[0]
    },
  }
}

/** The value of rank r has the weight 1 / (r + 1) ^ exponent. */
export function zipf<T>(random: Random, values: readonly T[], exponent: number): Draw<T> {
  return weighted(
    random,
    values.map((value, rank) => [value, 1 / (rank + 1) ** exponent]),
  )
}

function firstAbove(bounds: Float64Array, wanted: number): number {
  let [low, high] = [0, bounds.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((bounds[middle] ?? 0) > wanted) high = middle
    else low = middle + 1
  }
  return low
}
