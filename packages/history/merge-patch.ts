// mergePatch: changes as one document of RFC 7386.

import { readerOf } from './apply-changes.ts'
import type { Change } from './diff-objects.ts'
import type { FieldPath } from './field-path.ts'
import { isJsonObject, memberOf, setMember } from './json-values.ts'

/**
 * The merge patch that makes `changes` in the object that is `goal` afterwards. A list is in it whole, since a merge
 * patch knows no items: it writes over what others change in that list meanwhile. null where a value that would be set
 * has a null in it: a merge patch takes null for "remove".
 */
export function mergePatch(goal: unknown, changes: readonly Change[]): unknown {
  const patch: Record<string, unknown> = {}
  const reader = readerOf(goal)
  for (const { path } of changes) {
    const fields = leadingFields(path)
    const value = reader.valueAt(path.slice(0, fields.length))
    if (value !== undefined && holdsNull(value)) return null
    setBelow(patch, fields, value === undefined ? null : value)
  }
  return patch
}

/** The names up to the first list. */
function leadingFields(path: FieldPath): readonly string[] {
  const end = path.findIndex(({ kind }) => kind !== 'field')
  return path
    .slice(0, end < 0 ? path.length : end)
    .flatMap((segment) => (segment.kind === 'field' ? [segment.name] : []))
}

function setBelow(patch: Record<string, unknown>, names: readonly string[], value: unknown): void {
  let place = patch
  for (const name of names.slice(0, -1)) place = openMember(place, name)
  const last = names.at(-1)
  if (last !== undefined) setMember(place, last, value)
}

/** The object that stands under the name; a new one where there is none. `place` is this patch's own. */
export function openMember(place: Record<string, unknown>, name: string): Record<string, unknown> {
  const there = memberOf(place, name)
  if (isJsonObject(there)) return there
  const opened: Record<string, unknown> = {}
  setMember(place, name, opened)
  return opened
}

/** Whether a null stands anywhere in it that a merge would take for "remove": not within a list. */
export function holdsNull(value: unknown): boolean {
  const values = [value]
  for (let one = values.pop(); one !== undefined; one = values.pop()) {
    if (one === null) return true
    if (isJsonObject(one)) values.push(...Object.values(one))
  }
  return false
}
