// Patterns of a query as functions of a text: equal or alike, or occurring anywhere. Nothing backtracks.

import type { Pattern } from '@plaintrail/query/ast'

export type Holds = (text: string) => boolean

/** Whether the text is one of the values, or like one of the globs among them. */
export function isOneOf(values: readonly Pattern[]): Holds {
  const exact = new Set(values.filter((value) => value.length === 1).map(([text]) => text))
  const globs = values.filter((value) => value.length > 1).map(isLike)
  const [only] = exact
  if (globs.length > 0) return (text) => exact.has(text) || globs.some((glob) => glob(text))
  return only !== undefined && exact.size === 1 ? (text) => text === only : (text) => exact.has(text)
}

/** Its first piece begins the text, its last one ends it, the others follow each other between. */
function isLike(pattern: Pattern): Holds {
  const [first] = pattern
  const last = pattern.at(-1) ?? ''
  const between = pattern.slice(1, -1)
  const least = first.length + last.length
  return (text) => {
    if (text.length < least || !text.startsWith(first) || !text.endsWith(last)) return false
    const end = endOf(between, text, first.length)
    return end !== -1 && end <= text.length - last.length
  }
}

/** Whether one of the values, which are in small letters, occurs in the text, A to Z being a to z. */
export function occursIn(values: readonly Pattern[]): Holds {
  return (text) => {
    const folded = inSmallLetters(text)
    return values.some((value) => endOf(value, folded, 0) !== -1)
  }
}

/** Where the pieces end, one after the other from `from`, or -1. Taking the first place of each leaves most for those after it. */
export function endOf(pieces: readonly string[], text: string, from: number): number {
  let end = from
  for (const piece of pieces) {
    const at = text.indexOf(piece, end)
    if (at === -1) return -1
    end = at + piece.length
  }
  return end
}

/** A to Z alone, as the language says. */
export function inSmallLetters(text: string): string {
  return /[A-Z]/.test(text) ? text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase()) : text
}
