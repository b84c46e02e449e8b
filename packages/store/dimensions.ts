// Dimension tables: a text that repeats is written once and events carry its id. Ids are made in a transaction of their
// own before the batch that needs them; a crash between the two leaves an unused id and nothing else.

import { hash } from 'node:crypto'
import type { Store } from './open-store.ts'
import { createPathCache } from './path-cache.ts'

/** Each table's value columns. */
export const dimensionColumns = {
  actor: ['name', 'type'],
  actor_groups: ['names'],
  client: ['user_agent', 'name', 'version'],
  source: ['peer', 'claimed'],
  resource: ['api_group', 'api_version', 'resource', 'subresource'],
  namespace: ['name'],
  verb: ['name'],
  reason: ['text'],
  field_path: ['path', 'plain'],
} as const

export type Dimension = keyof typeof dimensionColumns

/** A value as a list of texts: its columns in order, but for the two that end in a list of their own. */
function columnsOf(dimension: Dimension, path: readonly string[]): readonly string[] {
  switch (dimension) {
    case 'actor_groups':
      return [JSON.stringify(path)]
    case 'source':
      return [path[0] ?? '', JSON.stringify(path.slice(1))]
    default:
      return path
  }
}

/** A client chooses user agents and names, so what is remembered must be bounded. */
const cachedIdsMax = 100_000
const attemptsMax = 5

export interface Dimensions {
  /** The id, or 0 after noting the value as missing. Ids begin with 1. No text may hold a NUL. */
  id(dimension: Dimension, path: readonly string[]): number
  /** Makes ids for all values noted as missing. */
  resolve(): Promise<void>
  /** Call before a batch, and never within one: it may forget ids. */
  trim(): void
}

export function createDimensions(store: Store): Dimensions {
  const dimensions = Object.keys(dimensionColumns) as Dimension[]
  const known = new Map(dimensions.map((dimension) => [dimension, createPathCache<number>(cachedIdsMax)]))
  const missing = new Map<Dimension, (readonly string[])[]>()
  return {
    id(dimension, path) {
      const id = known.get(dimension)?.get(path)
      if (id !== undefined) return id
      const noted = missing.get(dimension)
      if (noted) noted.push(path)
      else missing.set(dimension, [path])
      return 0
    },
    trim() {
      for (const cache of known.values()) cache.trim()
    },
    async resolve() {
      for (const [dimension, paths] of missing) {
        // Taken before the wait: another batch may note values of its own meanwhile.
        missing.delete(dimension)
        for (const [path, id] of await makeIds(store, dimension, paths)) known.get(dimension)?.set(path, id)
      }
    },
  }
}

/** Another process may make the same value at the same moment: its row is seen by the next attempt. */
async function makeIds(
  store: Store,
  dimension: Dimension,
  paths: readonly (readonly string[])[],
): Promise<readonly (readonly [readonly string[], number])[]> {
  const columns = new Map(
    paths.map((path) => {
      const values = columnsOf(dimension, path)
      return [digestOf(values), values]
    }),
  )
  const ids = new Map<string, number>()
  for (let attempt = 1; ids.size < columns.size; attempt++) {
    if (attempt > attemptsMax) throw new Error(`could not make ids in ${dimension}: rows vanished ${attemptsMax} times`)
    for (const { id, digest } of await findOrMake(store, dimension, columns)) ids.set(digest, id)
  }
  return paths.flatMap((path) => {
    const id = ids.get(digestOf(columnsOf(dimension, path)))
    return id === undefined ? [] : [[path, id] as const]
  })
}

async function findOrMake(
  store: Store,
  dimension: Dimension,
  byDigest: ReadonlyMap<string, readonly string[]>,
): Promise<readonly { id: number; digest: string }[]> {
  const columns = dimensionColumns[dimension]
  const values = [...byDigest.values()]
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

/** First half of the value's SHA-256, written as Postgres writes a uuid. NUL is in none of the columns. */
function digestOf(columns: readonly string[]): string {
  const hex = hash('sha256', columns.join('\0'))
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}
