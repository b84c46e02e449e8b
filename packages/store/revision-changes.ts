// changedFields: what a write changed, as rows for the index of changed fields.

import { diffObjects, type Change } from '@plaintrail/history/diff-objects'
import { formatFieldPath, type FieldPath } from '@plaintrail/history/field-path'
import { maskChanges } from '@plaintrail/history/mask-secrets'
import type { Revision } from '@plaintrail/history/revision'
import { baseOf } from '@plaintrail/history/revision-link'
import { storable } from './revision-row.ts'

export interface ChangedField {
  /** As formatFieldPath writes it, and the same with `[]` for every item of a list. */
  readonly path: string
  readonly plain: string
  readonly op: Change['op']
  /** A text as it is, another value as JSON, a secret hidden; null where there is none. At most `valueCharsMax`. */
  readonly from: string | null
  readonly to: string | null
}

/** Rows for one write. */
const fieldsMax = 200
/** UTF-16 units of a value. */
const valueCharsMax = 200
/** UTF-16 units of a path; a longer one is cut. */
const pathCharsMax = 500

/**
 * Without the noise, and without what another event is known to have set (a binding). None for a create, an end, a read (it
 * says not who made what it shows), where a state is not known, and where the two are of different versions of the API:
 * what was converted was not changed. `count` is of all, also of those past `fieldsMax`.
 */
export function changedFields(
  before: Revision | null,
  { object, observation, significance, link }: Revision,
): { readonly fields: readonly ChangedField[]; readonly count: number } {
  const isWrite = !observation.isRead && observation.observed !== 'deleted' && significance !== 'created'
  const base = isWrite ? baseOf(before, link) : null
  if (base === null || object === null || base['apiVersion'] !== object['apiVersion']) return { fields: [], count: 0 }
  const meant = diffObjects(base, object).changes.filter(({ noise }) => !noise)
  const fields = maskChanges(meant.slice(0, fieldsMax)).map(({ path, op, from, to }) => ({
    path: storable(formatFieldPath(path).slice(0, pathCharsMax)),
    plain: storable(plainPath(path).slice(0, pathCharsMax)),
    op,
    from: textOf(from),
    to: textOf(to),
  }))
  return { fields, count: meant.length }
}

function plainPath(path: FieldPath): string {
  let text = ''
  for (const segment of path) {
    const name = segment.kind === 'field' ? formatFieldPath([segment]) : '[]'
    text += text === '' || name.startsWith('[') ? name : `.${name}`
  }
  return text
}

function textOf(value: unknown): string | null {
  if (value === undefined) return null
  return storable((typeof value === 'string' ? value : JSON.stringify(value)).slice(0, valueCharsMax))
}
