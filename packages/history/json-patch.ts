// jsonPatch: changes as the operations of RFC 6902.

import { applyChanges, valueAt } from './apply-changes.ts'
import type { Change } from './diff-objects.ts'
import type { PathSegment } from './field-path.ts'
import { isJsonObject, isSameJson, memberOf } from './json-values.ts'
import { itemKeys, itemName, mergeKeysNamed } from './merge-keys.ts'

export interface JsonPatchOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'test'
  /** RFC 6901. */
  readonly path: string
  /** Not of a `remove`. */
  readonly value?: unknown
}

/**
 * The operations that make `changes` in `object`, one after the other. A pointer names an item of a list by its place,
 * which another writer may move: so the keys of each such item, and each text, number or boolean that is taken away, are
 * tested first, and the API server refuses the whole patch (422) where they are not as they were. A change whose place
 * is not there is left out.
 */
export function jsonPatch(object: unknown, changes: readonly Change[]): readonly JsonPatchOperation[] {
  const operations: JsonPatchOperation[] = []
  let state = object
  for (const change of changes) {
    const { object: next, missed } = applyChanges(state, [change])
    if (missed.length === 0) operations.push(...operationsOf(state, change))
    state = next
  }
  return operations
}

function operationsOf(state: unknown, { path, op, from, to, secret }: Change): readonly JsonPatchOperation[] {
  const tests: JsonPatchOperation[] = []
  let pointer = ''
  for (const [index, segment] of path.entries()) {
    const parent = valueAt(state, path.slice(0, index))
    const token = tokenOf(parent, segment)
    pointer += `/${token}`
    if (segment.kind === 'item' && token !== '-')
      tests.push(...testsOfKeys(valueAt(state, path.slice(0, index + 1)), segment, pointer))
  }
  if (op === 'add') return [...tests, { op, path: pointer, value: to }]
  if (typeof from !== 'object' && secret === undefined) tests.push({ op: 'test', path: pointer, value: from })
  return [...tests, op === 'remove' ? { op, path: pointer } : { op, path: pointer, value: to }]
}

/** `-`, the place behind the last, for an item that is not there. */
function tokenOf(parent: unknown, segment: PathSegment): string {
  switch (segment.kind) {
    case 'field':
      return segment.name.replaceAll('~', '~0').replaceAll('/', '~1')
    case 'index':
      return String(segment.index)
    case 'member':
      return placeOf(parent, (item) => item === segment.value)
    default: {
      const keys = mergeKeysNamed(segment.keys.map(({ name }) => name))
      const wanted = itemName(segment.keys)
      return placeOf(parent, (item) => {
        const found = itemKeys(item, keys)
        return found !== null && itemName(found) === wanted
      })
    }
  }
}

function placeOf(list: unknown, isIt: (item: unknown) => boolean): string {
  const index = Array.isArray(list) ? list.findIndex(isIt) : -1
  return index < 0 ? '-' : String(index)
}

/** Of the keys that the item has; one that it leaves to its default cannot be tested. */
function testsOfKeys(
  item: unknown,
  { keys }: Extract<PathSegment, { readonly kind: 'item' }>,
  pointer: string,
): readonly JsonPatchOperation[] {
  return keys.flatMap(({ name, value }): readonly JsonPatchOperation[] =>
    isJsonObject(item) && isSameJson(memberOf(item, name), value)
      ? [{ op: 'test', path: `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, value }]
      : [],
  )
}
