// fieldManagers: who managedFields say set a field: a second opinion beside blame.

import type { FieldPath, PathSegment } from './field-path.ts'
import { isJsonObject, memberOf, type JsonObject } from './json-values.ts'
import { managersOf, type ManagerEntry } from './managers.ts'
import type { RevisionRef } from './blame.ts'

export type FieldManager = Omit<ManagerEntry, 'fields'>

/**
 * `agrees`: a manager of the field wrote at that time. `later`: all of them wrote again since, which an entry's one time
 * for all its fields does not tell apart. `differs`: all of them wrote before, so this revision only found it so.
 * `unknown`: nobody manages the field, or the object has no managedFields.
 */
export type SecondOpinion = 'agrees' | 'later' | 'differs' | 'unknown'

/** Times of managedFields have whole seconds. */
const secondUs = 1_000_000

/**
 * The managers that own the field at a path, at most 200, in the order of managedFields; empty where there are none. Keys
 * of fieldsV1: `f:name`, `k:{keys of the item}`, `v:value`, `i:index` (structured-merge-diff v6 fieldpath/serialize-pe.go).
 * Who owns an atomic list or map owns all below it. managedFields are read once for all paths.
 */
export function fieldManagers(object: JsonObject): (path: FieldPath) => readonly FieldManager[] {
  const entries = managersOf(object) ?? []
  const itemsOf = readItemsOnce()
  return (path) =>
    entries
      .filter(({ fields }) => owns(fields, path, itemsOf))
      .map(({ manager, operation, subresource, time }) => ({ manager, operation, subresource, time }))
}

/** `fieldManagers` of one path. */
export function managersOfField(object: JsonObject, path: FieldPath): readonly FieldManager[] {
  return fieldManagers(object)(path)
}

/**
 * The name of the manager that most likely set a field when its origin says: one that wrote at that time, else the last that
 * wrote; null where nobody manages it. A claim of the client, as all of managedFields.
 */
export function likelyManager(managers: readonly FieldManager[], setAt: RevisionRef | null): string | null {
  const byTime = managers.toSorted((a, b) => (a.time < b.time ? 1 : a.time > b.time ? -1 : 0))
  const then = setAt && byTime.find(({ time }) => Math.abs(Date.parse(time) * 1000 - setAt.time) <= 2 * secondUs)
  return (then ?? byTime[0])?.manager ?? null
}

/** Whether the managers of a field support that a revision set it; `earliest` is when its request was received. */
export function secondOpinion(
  managers: readonly FieldManager[],
  { time }: RevisionRef,
  earliest: number,
): SecondOpinion {
  const times = managers.map((entry) => Date.parse(entry.time) * 1000).filter((us) => !Number.isNaN(us))
  if (times.length === 0) return 'unknown'
  if (times.some((us) => us >= earliest - secondUs && us <= time + secondUs)) return 'agrees'
  return times.some((us) => us > time) ? 'later' : 'differs'
}

type Items = readonly { readonly item: JsonObject; readonly below: unknown }[]
type ItemsOf = (node: JsonObject) => Items

/** The keys of items are JSON in the keys of their list, which thousands of paths ask for. */
function readItemsOnce(): ItemsOf {
  const known = new WeakMap<JsonObject, Items>()
  return (node) => {
    const items = known.get(node) ?? Object.entries(node).flatMap(([key, below]) => itemAt(key, below))
    known.set(node, items)
    return items
  }
}

function itemAt(key: string, below: unknown): Items {
  if (!key.startsWith('k:')) return []
  try {
    const item: unknown = JSON.parse(key.slice(2))
    return isJsonObject(item) ? [{ item, below }] : []
  } catch {
    return []
  }
}

function owns(fields: JsonObject, path: FieldPath, itemsOf: ItemsOf): boolean {
  let node = fields
  for (const segment of path) {
    const next = childOf(node, segment, itemsOf)
    if (!isJsonObject(next)) return false
    node = next
    // An empty set is a leaf, and owns what is below.
    if (Object.keys(node).length === 0) return true
  }
  return Object.hasOwn(node, '.')
}

function childOf(node: JsonObject, segment: PathSegment, itemsOf: ItemsOf): unknown {
  switch (segment.kind) {
    case 'field':
      return memberOf(node, `f:${segment.name}`)
    case 'index':
      return memberOf(node, `i:${segment.index}`)
    case 'member':
      return memberOf(node, `v:${JSON.stringify(segment.value)}`)
    case 'item':
      return itemsOf(node).find(({ item }) => isItem(item, segment.keys))?.below
  }
  return undefined
}

/** The keys of an item may be fewer than those of its path, and in another order. */
function isItem(item: JsonObject, keys: Extract<PathSegment, { kind: 'item' }>['keys']): boolean {
  return Object.entries(item).every(([name, value]) => keys.some((key) => key.name === name && key.value === value))
}
