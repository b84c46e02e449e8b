// managersOfField: who managedFields say set a field: a second opinion beside blame.

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
 * The managers that own the field at `path`, at most 200, in the order of managedFields; empty where there are none. Keys
 * of fieldsV1: `f:name`, `k:{keys of the item}`, `v:value`, `i:index` (structured-merge-diff v6 fieldpath/serialize-pe.go).
 * Who owns an atomic list or map owns all below it.
 */
export function managersOfField(object: JsonObject, path: FieldPath): readonly FieldManager[] {
  return (managersOf(object) ?? [])
    .filter(({ fields }) => owns(fields, path))
    .map(({ manager, operation, subresource, time }) => ({ manager, operation, subresource, time }))
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

function owns(fields: JsonObject, path: FieldPath): boolean {
  let node = fields
  for (const segment of path) {
    const next = childOf(node, segment)
    if (!isJsonObject(next)) return false
    node = next
    // An empty set is a leaf, and owns what is below.
    if (Object.keys(node).length === 0) return true
  }
  return Object.hasOwn(node, '.')
}

function childOf(node: JsonObject, segment: PathSegment): unknown {
  switch (segment.kind) {
    case 'field':
      return memberOf(node, `f:${segment.name}`)
    case 'index':
      return memberOf(node, `i:${segment.index}`)
    case 'member':
      return memberOf(node, `v:${JSON.stringify(segment.value)}`)
    case 'item':
      return Object.entries(node).find(([key]) => key.startsWith('k:') && isItem(key.slice(2), segment.keys))?.[1]
  }
  return undefined
}

/** The keys of an item may be fewer than those of its path, and in another order. */
function isItem(text: string, keys: Extract<PathSegment, { kind: 'item' }>['keys']): boolean {
  try {
    const item: unknown = JSON.parse(text)
    if (!isJsonObject(item)) return false
    return Object.entries(item).every(([name, value]) => keys.some((key) => key.name === name && key.value === value))
  } catch {
    return false
  }
}
