// createChangedFieldWriter: rows of changed fields, with ids for their paths, in the partition of their day.

import type { PoolClient } from 'pg'
import type { Dimensions } from './dimensions.ts'
import { oddBeforeUs } from './event-stretches.ts'
import type { Store } from './open-store.ts'
import { changedFieldDays, eventDays, makeChangedFieldDays } from './partitions.ts'
import type { ChangedField } from './revision-changes.ts'
import type { KeptRevision } from './revision-row.ts'
import { dayOf } from './segment-id.ts'

export interface ChangedFieldWriter {
  /** Writes nothing of a day whose events are gone: it would never go. */
  write(objectId: number, kept: KeptRevision, fields: readonly ChangedField[]): Promise<void>
}

/** Of one transaction. Ids and partitions are made beside it, on connections of their own. */
export async function createChangedFieldWriter(
  store: Store,
  client: PoolClient,
  clusterId: number,
  dimensions: Dimensions,
): Promise<ChangedFieldWriter> {
  const [days, made] = await Promise.all([eventDays(store), changedFieldDays(store)])
  const kept = new Set(days)
  const known = new Set(made)
  return {
    async write(objectId, { revision, teller }, fields) {
      if (fields.length === 0) return
      if (teller.time >= oddBeforeUs) {
        const day = dayOf(teller.time)
        if (!kept.has(day)) return
        if (!known.has(day)) await makeChangedFieldDays(store, [day])
        known.add(day)
      }
      const { namespace } = revision.observation
      const ids = (): { paths: number[]; namespaceId: number | null } => ({
        paths: fields.map(({ path, plain }) => dimensions.id('field_path', [path, plain])),
        namespaceId: namespace === '' ? null : dimensions.id('namespace', [namespace]),
      })
      const first = ids()
      if (first.paths.includes(0) || first.namespaceId === 0) await dimensions.resolve()
      const { paths, namespaceId } = ids()
      await client.query({
        name: 'insert-changed-fields',
        text: `
          insert into changed_field (time, key, part, object_id, cluster_id, namespace_id, is_sure, path_id, op,
            from_text, to_text)
          select $1, $2, $3, $4, $5, $6, $7, i.path_id, i.op, i.from_text, i.to_text
          from unnest($8::int4[], $9::"char"[], $10::text[], $11::text[]) as i (path_id, op, from_text, to_text)`,
        values: [
          teller.time,
          teller.key,
          teller.part,
          objectId,
          clusterId,
          namespaceId,
          revision.link.adjacency !== 'broken',
          paths,
          fields.map(({ op }) => opLetters[op]),
          fields.map(({ from }) => from),
          fields.map(({ to }) => to),
        ],
      })
    },
  }
}

export const opLetters = { add: 'a', remove: 'd', replace: 'r', came: 'c' } as const satisfies Record<
  ChangedField['op'],
  string
>
