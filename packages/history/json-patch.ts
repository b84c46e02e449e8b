// jsonPatch: changes as the operations of RFC 6902.

import { readerOf } from './apply-changes.ts'
import type { ObjectReader } from './apply-changes.ts'
import type { Change } from './diff-objects.ts'
import type { FieldPath, PathSegment } from './field-path.ts'
import { isJsonObject, memberOf } from './json-values.ts'

export interface JsonPatchOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'test'
  /** RFC 6901. */
  readonly path: string
  /** Not of a `remove`. */
  readonly value?: unknown
}

/**
 * The operations that make `changes`, those of one diff or its inverse, in `object`, one after the other. A pointer
 * names an item of a list by its place, which another writer may move: so the keys of each such item, and each text,
 * number or boolean that is taken away, are tested first, and the API server refuses the whole patch (422) where they are
 * not as they were. Takes time that grows with the object, and with the square of the items that go.
 */
export function jsonPatch(object: unknown, changes: readonly Change[]): readonly JsonPatchOperation[] {
  const work: Work = { reader: readerOf(object), gone: new Map(), tested: new Set() }
  return changes.flatMap((change) => operationsOf(work, change))
}

interface Work {
  /** Of the object before the patch. */
  readonly reader: ObjectReader
  /** Of a list of the object, the places of what the patch has taken away so far. */
  readonly gone: Map<unknown, number[]>
  /** Items whose keys the patch has tested: later it may have written to them. */
  readonly tested: Set<unknown>
}

function operationsOf(work: Work, { path, op, from, to, secret }: Change): readonly JsonPatchOperation[] {
  const tests: JsonPatchOperation[] = []
  let pointer = ''
  for (const [index, segment] of path.entries()) {
    const here = path.slice(0, index + 1)
    pointer += `/${tokenOf(work, here, segment)}`
    const item = segment.kind === 'item' ? work.reader.valueAt(here) : undefined
    if (segment.kind === 'item' && !work.tested.has(item)) tests.push(...testsOfKeys(item, segment, pointer))
    work.tested.add(item)
  }
  if (op === 'add') return [...tests, { op, path: pointer, value: to }]
  if (typeof from !== 'object' && secret === undefined) tests.push({ op: 'test', path: pointer, value: from })
  if (op === 'remove') noteGone(work, path)
  return [...tests, op === 'remove' ? { op, path: pointer } : { op, path: pointer, value: to }]
}

/** Items that came stand behind all others: `-` is the place behind the last. */
function tokenOf({ reader, gone }: Work, path: FieldPath, segment: PathSegment): string {
  if (segment.kind === 'field') return escaped(segment.name)
  if (segment.kind === 'index') return String(segment.index)
  const place = reader.placeAt(path)
  if (place === undefined) return '-'
  const before = gone.get(reader.valueAt(path.slice(0, -1))) ?? []
  return String(place - before.filter((one) => one < place).length)
}

/** What goes by index goes from the end, so that no place moves. */
function noteGone({ reader, gone }: Work, path: FieldPath): void {
  const last = path.at(-1)
  const place = last?.kind === 'item' || last?.kind === 'member' ? reader.placeAt(path) : undefined
  if (place === undefined) return
  const list = reader.valueAt(path.slice(0, -1))
  gone.set(list, [...(gone.get(list) ?? []), place])
}

const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1')

/** Of the keys that the item has; one that it leaves to its default cannot be tested, nor one that is not there. */
function testsOfKeys(
  item: unknown,
  { keys }: Extract<PathSegment, { readonly kind: 'item' }>,
  pointer: string,
): readonly JsonPatchOperation[] {
  return keys.flatMap(({ name, value }): readonly JsonPatchOperation[] =>
    isJsonObject(item) && memberOf(item, name) === value
      ? [{ op: 'test', path: `${pointer}/${escaped(name)}`, value }]
      : [],
  )
}
