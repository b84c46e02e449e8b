// withoutNulls: an object as Kubernetes reads it, to which a member that is null is one that is not there.

import { isJsonObject, type JsonObject } from '@plaintrail/history/json-values'

/** Levels that are looked at; below them members stay as they are. */
const levelsMax = 100
/** What stands there says who set fields, and is half of an object. */
const skipped = 'managedFields'

/** The object itself where nothing in it is null; else a copy of what is above a null. Items of lists stay. */
export function withoutNulls(object: JsonObject): JsonObject {
  return cleaned(object, levelsMax)
}

function cleaned(object: JsonObject, levels: number): JsonObject {
  const names = Object.keys(object)
  for (const [index, name] of names.entries()) {
    const own = object[name]
    const kept = memberOf(name, own, levels)
    if (kept === own && own !== null) continue
    // What stands before it has been looked at.
    const before = names.slice(0, index).map((other) => [other, object[other]] as const)
    const after = names.slice(index + 1).map((other) => [other, memberOf(other, object[other], levels)] as const)
    return Object.fromEntries([...before, [name, kept] as const, ...after].filter(([, value]) => value !== null))
  }
  return object
}

function memberOf(name: string, value: unknown, levels: number): unknown {
  if (typeof value !== 'object' || value === null || levels === 0 || name === skipped) return value
  if (isJsonObject(value)) return cleaned(value, levels - 1)
  return Array.isArray(value) ? cleanedItems(value, levels - 1) : value
}

function cleanedItems(items: readonly unknown[], levels: number): readonly unknown[] {
  let copy: unknown[] | null = null
  for (const [index, item] of items.entries()) {
    const kept = memberOf('', item, levels)
    if (kept === item) continue
    copy ??= [...items]
    copy[index] = kept
  }
  return copy ?? items
}
