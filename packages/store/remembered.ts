// What never changes once it is stored, remembered for a store: texts behind ids, and when a segment came.

import type { Store } from './open-store.ts'

/** Entries of one kind; when there are more, it starts again. An entry takes 100 to 300 bytes. */
const entriesMax = 100_000

/** The values of `keys`: those known, and those that `read` finds. What is not found is asked for again the next time. */
export type Remember<K, V> = (store: Store, keys: Iterable<K>) => Promise<ReadonlyMap<K, V>>

export function remembered<K, V>(
  read: (store: Store, missing: readonly K[]) => Promise<Iterable<readonly [K, V]>>,
): Remember<K, V> {
  const known = new WeakMap<Store, Map<K, V>>()
  return async (store, keys) => {
    const before = known.get(store) ?? new Map<K, V>()
    const asked = new Set(keys)
    const missing = [...asked].filter((key) => !before.has(key))
    if (missing.length > 0) {
      if (before.size + missing.length > entriesMax) before.clear()
      for (const [key, value] of await read(store, missing)) before.set(key, value)
      known.set(store, before)
      // What was cleared above is part of the answer too.
      if (before.size < asked.size) return new Map(await read(store, [...asked]))
    }
    return before
  }
}
