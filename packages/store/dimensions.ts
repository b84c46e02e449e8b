// Dimension tables: a text that repeats is written once and events carry its id. Ids are made in a transaction of their
// own before the batch that needs them; a crash between the two leaves an unused id and nothing else.

import { createHash } from 'node:crypto'
import type { Store } from './open-store.ts'

/** Each table's value columns. A value's key is its columns joined by NUL, which no column holds. */
export const dimensionColumns = {
  actor: ['name', 'type'],
  actor_groups: ['names'],
  client: ['user_agent', 'name', 'version'],
  source: ['peer', 'claimed'],
  resource: ['api_group', 'api_version', 'resource', 'subresource'],
  namespace: ['name'],
  verb: ['name'],
  reason: ['text'],
} as const

export type Dimension = keyof typeof dimensionColumns
export const columnSeparator = '\0'

/** A client chooses user agents and names, so the cache must be bounded; on overflow it starts again. */
const cachedIdsMax = 100_000
const attemptsMax = 5

export interface Dimensions {
  /** The id, or 0 after noting the value as missing. Ids begin with 1. */
  id(dimension: Dimension, key: string): number
  /** Makes ids for all values noted as missing; returns false when there was none. */
  resolve(): Promise<boolean>
}

export function createDimensions(store: Store): Dimensions {
  const ids = new Map<Dimension, Map<string, number>>()
  const missing = new Map<Dimension, Set<string>>()
  for (const dimension of Object.keys(dimensionColumns) as Dimension[]) {
    ids.set(dimension, new Map())
    missing.set(dimension, new Set())
  }
  return {
    id(dimension, key) {
      const id = ids.get(dimension)?.get(key)
      if (id !== undefined) return id
      missing.get(dimension)?.add(key)
      return 0
    },
    async resolve() {
      let resolved = false
      for (const [dimension, keys] of missing) {
        if (keys.size === 0) continue
        const known = ids.get(dimension) ?? new Map<string, number>()
        if (known.size + keys.size > cachedIdsMax) known.clear()
        for (const [key, id] of await makeIds(store, dimension, [...keys])) known.set(key, id)
        keys.clear()
        resolved = true
      }
      return resolved
    },
  }
}

/** Another process may make the same value at the same moment: its row is seen by the next attempt. */
async function makeIds(store: Store, dimension: Dimension, keys: readonly string[]): Promise<Map<string, number>> {
  const byDigest = new Map(keys.map((key) => [digestOf(key), key]))
  const ids = new Map<string, number>()
  for (let attempt = 1; attempt <= attemptsMax; attempt++) {
    for (const { id, digest } of await findOrMake(store, dimension, byDigest)) {
      const key = byDigest.get(digest)
      if (key !== undefined) ids.set(key, id)
    }
    if (ids.size === byDigest.size) return ids
  }
  throw new Error(`could not make ids in ${dimension}: rows vanished ${attemptsMax} times`)
}

async function findOrMake(
  store: Store,
  dimension: Dimension,
  byDigest: ReadonlyMap<string, string>,
): Promise<readonly { id: number; digest: string }[]> {
  const columns = dimensionColumns[dimension]
  const values = [...byDigest.values()].map((key) => key.split(columnSeparator))
  const arrays = columns.map((_, index) => values.map((value) => value[index] ?? ''))
  const types = columns.map((_, index) => `$${index + 2}::text[]`).join(', ')
  const { rows } = await store.pool.query<{ id: number; digest: string }>({
    name: `find-or-make-${dimension}`,
    text: `
      with input as (select * from unnest($1::uuid[], ${types}) as i (digest, ${columns.join(', ')})),
      found as (select d.id, d.digest::text from ${dimension} d join input using (digest)),
      made as (
        insert into ${dimension} (digest, ${columns.join(', ')})
        select digest, ${columns.join(', ')} from input i
        where not exists (select from found f where f.digest = i.digest::text)
        order by digest
        on conflict (digest) do nothing
        returning id, digest::text
      )
      select id, digest from found union all select id, digest from made`,
    values: [[...byDigest.keys()], ...arrays],
  })
  return rows
}

/** First half of the value's SHA-256, written as Postgres writes a uuid. */
function digestOf(key: string): string {
  const hex = createHash('sha256').update(key).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}
