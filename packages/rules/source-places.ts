// sourcePlaces: offsets of a text as lines and columns, as an editor counts them.
import type { Place } from './rule-error.ts'

export function sourcePlaces(text: string): (at: number) => Place {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return (at) => {
    const line = lineOf(starts, at)
    return { line: line + 1, column: charactersIn(text.slice(starts[line] ?? 0, at)) + 1 }
  }
}

/** The last line that starts at `at` or before. */
function lineOf(starts: readonly number[], at: number): number {
  let [low, high] = [0, starts.length - 1]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((starts[middle] ?? 0) <= at) low = middle
    else high = middle - 1
  }
  return low
}

/** A character beyond U+FFFF is one. */
export function charactersIn(text: string): number {
  let count = text.length
  for (let at = 1; at < text.length; at += 1) {
    const isPair = (text.charCodeAt(at) & 0xfc00) === 0xdc00 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800
    if (isPair) count -= 1
  }
  return count
}
