// Strings by code point: JavaScript counts UTF-16 units.

/** No half of a pair: then units are code points. */
const hasPairs = /[\ud800-\udfff]/

export function codePoints(text: string): number {
  let count = text.length
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    if (unit < 0xd800 || unit > 0xdbff) continue
    const next = text.charCodeAt(at + 1)
    if (next >= 0xdc00 && next <= 0xdfff) count -= 1
  }
  return count
}

/** What stands from one code point to another, the last excluded; undefined outside of the text. */
export function sliceByPoints(text: string, from: number, to?: number): string | undefined {
  const points = hasPairs.test(text) ? [...text] : text
  const end = to ?? points.length
  if (from < 0 || end > points.length || from > end) return undefined
  const slice = points.slice(from, end)
  return typeof slice === 'string' ? slice : slice.join('')
}

/** The code point at which a UTF-16 unit stands. */
export const pointAt = (text: string, unit: number): number => (unit < 0 ? -1 : codePoints(text.slice(0, unit)))
