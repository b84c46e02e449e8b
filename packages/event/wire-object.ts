// An object as the API server sent it: every field may be missing, null or of another type than audit.k8s.io gives it.

import type { FlagName } from './event.ts'

export type WireObject = Readonly<Record<string, unknown>>

/** The flags of one event, set while it is read. */
export type Marks = { [Name in FlagName]?: true }

export function isWireObject(value: unknown): value is WireObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The object, or null where there is none; sets `malformed` where something else is. */
export function readObject(value: unknown, marks: Marks): WireObject | null {
  if (isWireObject(value)) return value
  if (value !== undefined && value !== null) marks.malformed = true
  return null
}

/** The list, empty where there is none; sets `malformed` where something else is. */
export function readList(value: unknown, marks: Marks): readonly unknown[] {
  if (Array.isArray(value)) return value
  if (value !== undefined && value !== null) marks.malformed = true
  return []
}

/** The text as it can be stored, empty where there is none; sets `malformed` where something else is. */
export function readText(value: unknown, charsMax: number, marks: Marks): string {
  if (typeof value === 'string') return storableText(value, charsMax, marks)
  if (value !== undefined && value !== null) marks.malformed = true
  return ''
}

/** At most `charsMax` UTF-16 units, with U+FFFD for what Postgres cannot keep (NUL, lone surrogates): `sanitized`. */
export function storableText(text: string, charsMax: number, marks: Marks): string {
  const kept = cutText(text, charsMax)
  if (kept.isWellFormed() && !kept.includes('\0')) return kept
  marks.sanitized = true
  return kept.toWellFormed().replaceAll('\0', '\u{fffd}')
}

/** The first `charsMax` UTF-16 units of `text`, or one less where that would cut a character in two. */
export function cutText(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text
  const last = text.codePointAt(charsMax - 1) ?? 0
  return text.slice(0, last > 0xffff ? charsMax - 1 : charsMax)
}
