// JSON text and times as Go writes them, so that the story's bytes look like an API server's.

export type Json = string | number | boolean | null | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [key: string]: Json | undefined
}

/** Go's encoding/json escapes these inside strings; nowhere else in JSON can they stand. */
const goEscaped = /[<>&\u2028\u2029]/g

/** Keys stay in the order given, as for a Go struct; `undefined` is left out, as by omitempty. */
export function goJson(value: Json): string {
  return JSON.stringify(value).replace(goEscaped, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** The same with every object's keys in order: Go writes maps so, and with them patches and custom resources. */
export function byKey(object: JsonObject): JsonObject {
  const keys = Object.keys(object).toSorted((a, b) => (a < b ? -1 : 1))
  return Object.fromEntries(keys.map((key) => [key, byKeyWithin(object[key])]))
}

function byKeyWithin(value: Json | undefined): Json | undefined {
  if (value === null || typeof value !== 'object') return value
  return isList(value) ? value.map((item) => byKeyWithin(item) ?? null) : byKey(value)
}

/** Array.isArray does not narrow a readonly list; this says the same with the type that holds. */
export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

/** metav1.MicroTime: `2026-11-09T08:00:00.000123Z`. */
export function microTime(us: number): string {
  const micros = String(us % 1_000_000).padStart(6, '0')
  return `${secondTime(us).slice(0, 19)}.${micros}Z`
}

/** metav1.Time: whole seconds, cut and not rounded. */
export function secondTime(us: number): string {
  return `${new Date(Math.floor(us / 1_000_000) * 1000).toISOString().slice(0, 19)}Z`
}
