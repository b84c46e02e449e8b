// wholeBodies: one edit a body in place of very many within it, so that hiding a million small values cannot make an event
// thirty times as long as it came.
import { parseSpans } from './json-spans.ts'
import type { RedactionEdit } from './redaction-edits.ts'

const bodies = new Set(['requestObject', 'responseObject'])

/** The edits outside the bodies stay. Of an item that is no JSON object, all from the first edit on is hidden. */
export function wholeBodies(raw: Buffer, edits: readonly RedactionEdit[]): readonly RedactionEdit[] {
  const event = parseSpans(raw)
  const [first] = edits
  if (event?.type !== 'object') {
    return first ? [{ start: first.start, end: raw.length, pointer: first.pointer, range: 'value' }] : []
  }
  const hidden = event.members
    .filter(({ key }) => bodies.has(key))
    .map(({ key, value }): RedactionEdit => {
      return { start: value.start, end: value.end, pointer: `/${key}`, range: 'value' }
    })
  const outside = edits.filter((edit) => !hidden.some(({ start, end }) => edit.start >= start && edit.end <= end))
  return [...outside, ...hidden].toSorted((a, b) => a.start - b.start)
}
