// What never changes once it is stored, remembered for a store: texts behind ids, and when a segment came.

import type { Store } from './open-store.ts'

/** Entries of one kind; when there are more, it starts again. An entry takes 100 to 300 bytes. */
export const entriesMax = 100_000

/** The values of `keys`: those known, and those that `read` finds. What is not found is asked for again the next time. */
export type Remember<K, V> = (store: Store, keys: Iterable<K>) => Promise<ReadonlyMap<K, V>>

export function remembered<K, V extends object | number | string>(
  read: (store: Store, missing: readonly K[]) => Promise<Iterable<readonly [K, V]>>,
): Remember<K, V> {
  const known = new WeakMap<Store, Map<K, V>>()
  return async (store, keys) => {
    const before = known.get(store) ?? new Map<K, V>()
    known.set(store, before)
    // An answer of its own: others may have what is remembered forgotten before it is used.
    const answer = new Map<K, V>()
    const missing: K[] = []
    for (const key of new Set(keys)) {
      const value = before.get(key)
      if (value === undefined) missing.push(key)
      else answer.set(key, value)
    }
    if (missing.length === 0) return answer
    const found = [...(await read(store, missing))]
    if (before.size + found.length > entriesMax) before.clear()
    for (const [key, value] of found) {
      answer.set(key, value)
      if (before.size < entriesMax) before.set(key, value)
    }
    return answer
  }
}
