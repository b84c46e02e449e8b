// How large a regular expression becomes when its repeats are written out, told before anything is made of it.

/** A whole token: a literal run, an escape, a class of characters, a repeat, or one character. */
const token =
  /\\Q([^]*?)(?:\\E|$)|\\[pP]\{[^}]*\}|\\[^]|\[\^?\]?(?:\\[^]|\[:\^?\w+:\]|[^\]\\])*\]|\{(\d+)(?:(,)(\d*))?\}|[^]/gu

/** About the steps of its program: `(ab){3}` is 6. Groups that are not closed, or closed twice, count as they stand. */
export function patternSize(pattern: string): number {
  const groups: number[] = [0]
  // The size of what a repeat would repeat; it is counted in its group already.
  let last = 0
  const grow = (size: number): void => {
    groups.push((groups.pop() ?? 0) + size)
  }
  for (const [text, run, least, comma, most] of pattern.matchAll(token)) {
    if (run !== undefined) {
      last = 1
      grow(run.length)
    } else if (least !== undefined) {
      // {2,} repeats twice and goes round once more.
      const times = Math.max(Number(least), Number(most ?? 0)) + (comma === undefined ? 0 : 1)
      grow(last * Math.max(0, times - 1))
      last *= Math.max(1, times)
    } else if (text === '(') {
      groups.push(2)
    } else if (text === ')') {
      last = groups.pop() ?? 0
      grow(last)
    } else if (!'*+?|^$'.includes(text)) {
      last = 1
      grow(1)
    } else grow(1)
  }
  return groups.reduce((sum, size) => sum + size, 0)
}
