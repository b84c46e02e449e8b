// valueEnd and itemsStart: where JSON values begin and end in bytes, without reading what is in them.

const byte = {
  space: 0x20,
  quote: 0x22,
  comma: 0x2c,
  colon: 0x3a,
  openList: 0x5b,
  backslash: 0x5c,
  closeList: 0x5d,
  openObject: 0x7b,
  closeObject: 0x7d,
} as const

/** The index after a value; `more` where the bytes end within it; `invalid` where it cannot be JSON. */
export type ValueEnd = number | 'more' | 'invalid'

/**
 * Where the value ends that begins at `from`, by brackets and quotes alone: whatever is accepted here may still be no
 * JSON. With `depth` the end of that many values around `from` is looked for.
 */
export function valueEnd(bytes: Uint8Array, from: number, depth = 0): ValueEnd {
  let open = depth
  for (let index = from; index < bytes.length; index++) {
    const next = bytes[index] ?? 0
    if (next === byte.quote) {
      const end = stringEnd(bytes, index)
      if (typeof end !== 'number') return end
      if (open === 0) return end
      index = end - 1
    } else if (next === byte.openObject || next === byte.openList) open += 1
    else if (next === byte.closeObject || next === byte.closeList) {
      open -= 1
      if (open === 0) return index + 1
      if (open < 0) return index > from && depth === 0 ? index : 'invalid'
    } else if (open === 0 && (next === byte.comma || next <= byte.space)) return index
  }
  return 'more'
}

/**
 * Where the items begin of the list that begins at `from`: after the bracket of a top-level list, or of `"items"` in an
 * object. Null where there are none, or not yet.
 */
export function itemsStart(bytes: Uint8Array, from: number): number | null {
  if (bytes[from] === byte.openList) return from + 1
  let index = skipBlank(bytes, from + 1)
  while (bytes[index] === byte.quote) {
    const keyEnd = stringEnd(bytes, index)
    if (typeof keyEnd !== 'number') return null
    const key = Buffer.from(bytes.subarray(index, keyEnd)).toString()
    const colon = skipBlank(bytes, keyEnd)
    const value = skipBlank(bytes, colon + 1)
    if (bytes[colon] !== byte.colon) return null
    if (key === '"items"' && bytes[value] === byte.openList) return value + 1
    const end = valueEnd(bytes, value)
    if (typeof end !== 'number') return null
    index = skipBlank(bytes, end)
  }
  return null
}

/** The index of the first byte from `from` on that is neither white space nor a comma. */
export function skipBlank(bytes: Uint8Array, from: number): number {
  let index = from
  while (index < bytes.length && isBlank(bytes[index] ?? 0)) index += 1
  return index
}

const isBlank = (next: number): boolean => next === byte.comma || next <= byte.space

/** A raw control character ends the hope for JSON: it is where a line was cut off within a string. */
function stringEnd(bytes: Uint8Array, from: number): ValueEnd {
  for (let index = from + 1; index < bytes.length; index++) {
    const next = bytes[index] ?? 0
    if (next === byte.quote) return index + 1
    if (next === byte.backslash) index += 1
    else if (next < byte.space) return 'invalid'
  }
  return 'more'
}
