// withFields: a copy of an object with some fields set, sharing everything else with it.

import { isJsonObject, memberOf, type JsonObject } from './json-values.ts'
import type { SetField } from './observation.ts'

/** Fields are set in their order; what stands in the way of a path and is no object is replaced. */
export function withFields(object: JsonObject, sets: readonly SetField[]): JsonObject {
  let changed = object
  for (const { path, value } of sets) changed = withField(changed, path, value)
  return changed
}

function withField(object: JsonObject, path: readonly string[], value: unknown): JsonObject {
  const [key, ...rest] = path
  if (key === undefined) return object
  const inner = object[key]
  return { ...object, [key]: rest.length === 0 ? value : withField(isJsonObject(inner) ? inner : {}, rest, value) }
}

/** What stands at a path; undefined where nothing does. */
export function valueAt(object: JsonObject, path: readonly string[]): unknown {
  let value: unknown = object
  for (const key of path) value = isJsonObject(value) ? memberOf(value, key) : undefined
  return value
}
