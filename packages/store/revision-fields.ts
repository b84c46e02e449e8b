// createChangedFieldWriter: rows of changed fields, with ids for their paths, in the partition of their day.

import type { Revision } from '@plaintrail/history/revision'
import type { PoolClient } from 'pg'
import { uuidBytes } from './audit-uuid.ts'
import { boolArray, charArray, int4Array, int8Array, textArray, uuidArray } from './binary-arrays.ts'
import type { Dimensions } from './dimensions.ts'
import { oddBeforeUs } from './event-stretches.ts'
import type { Store } from './open-store.ts'
import { changedFieldDays, eventDays, makeChangedFieldDays } from './partitions.ts'
import type { ChangedField } from '@plaintrail/history/changed-fields'
import type { RevisionRow } from './revision-row.ts'
import { dayOf } from './segment-id.ts'

export interface ChangedFieldWriter {
  add(clusterId: number, row: RevisionRow, revision: Revision, fields: readonly ChangedField[]): void
  /** Writes what was added, and nothing of a day whose events are gone: it would never go. */
  flush(): Promise<void>
}

interface NewField extends ChangedField {
  readonly clusterId: number
  readonly row: RevisionRow
  /** Empty for none. */
  readonly namespace: string
  readonly isSure: boolean
}

/** Of one transaction. Ids and partitions are made beside it, on connections of their own. */
export function createChangedFieldWriter(store: Store, client: PoolClient, dimensions: Dimensions): ChangedFieldWriter {
  let added: NewField[] = []
  return {
    add(clusterId, row, { observation: { namespace }, link }, fields) {
      const isSure = link.adjacency !== 'broken'
      for (const field of fields) added.push({ ...field, clusterId, row, namespace, isSure })
    },
    async flush() {
      const fields = added.length === 0 ? [] : await ofKeptDays(store, added)
      added = []
      if (fields.length > 0) await insertFields(client, await withIds(dimensions, fields))
    },
  }
}

async function ofKeptDays(store: Store, fields: readonly NewField[]): Promise<readonly NewField[]> {
  const [days, made] = await Promise.all([eventDays(store), changedFieldDays(store)])
  const kept = new Set(days)
  const ofKept = fields.filter(({ row: { time } }) => time < oddBeforeUs || kept.has(dayOf(time)))
  const missing = new Set(ofKept.flatMap(({ row: { time } }) => (time < oddBeforeUs ? [] : dayOf(time))))
  for (const day of made) missing.delete(day)
  await makeChangedFieldDays(store, missing)
  return ofKept
}

interface FieldWithIds extends NewField {
  readonly pathId: number
  readonly namespaceId: number | null
}

async function withIds(dimensions: Dimensions, fields: readonly NewField[]): Promise<readonly FieldWithIds[]> {
  const known = (): readonly FieldWithIds[] =>
    fields.map((field) => ({
      ...field,
      pathId: dimensions.id('field_path', [field.path, field.plain]),
      namespaceId: field.namespace === '' ? null : dimensions.id('namespace', [field.namespace]),
    }))
  const first = known()
  if (first.every(({ pathId, namespaceId }) => pathId !== 0 && namespaceId !== 0)) return first
  await dimensions.resolve()
  return known()
}

async function insertFields(client: PoolClient, fields: readonly FieldWithIds[]): Promise<void> {
  const names = `time, key, part, object_id, cluster_id, namespace_id, is_sure, path_id, op, from_text, to_text`
  await client.query({
    name: 'insert-changed-fields',
    text: `
      insert into changed_field (${names})
      select ${names} from unnest($1::int8[], $2::uuid[], $3::int4[], $4::int8[], $5::int4[], $6::int4[], $7::bool[],
        $8::int4[], $9::"char"[], $10::text[], $11::text[]) as i (${names})`,
    values: [
      int8Array(fields.map(({ row }) => row.time)),
      uuidArray(fields.map(({ row }) => uuidBytes(row.key))),
      int4Array(fields.map(({ row }) => row.part)),
      int8Array(fields.map(({ row }) => row.objectId)),
      int4Array(fields.map(({ clusterId }) => clusterId)),
      int4Array(fields.map(({ namespaceId }) => namespaceId)),
      boolArray(fields.map(({ isSure }) => isSure)),
      int4Array(fields.map(({ pathId }) => pathId)),
      charArray(fields.map(({ op }) => opLetters[op])),
      textArray(fields.map(({ from }) => from)),
      textArray(fields.map(({ to }) => to)),
    ],
  })
}

export const opLetters = { add: 'a', remove: 'd', replace: 'r', came: 'c' } as const satisfies Record<
  ChangedField['op'],
  string
>
