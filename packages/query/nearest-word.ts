// nearestWord: the known word that somebody who mistyped probably meant.

/** Longer words are not compared: the table below grows with the product of the lengths. */
const wordLengthMax = 64

/** The candidate with the fewest typing errors between, or null when none is near enough to be worth naming. */
export function nearestWord(word: string, candidates: readonly string[]): string | null {
  if (word.length > wordLengthMax) return null
  const typed = word.toLowerCase()
  const errorsMax = Math.max(1, Math.floor(typed.length / 3))
  let nearest: string | null = null
  let fewest = errorsMax + 1
  for (const candidate of candidates) {
    const errors = editDistance(typed, candidate.toLowerCase())
    if (errors < fewest) [nearest, fewest] = [candidate, errors]
  }
  return nearest
}

/** Insertions, deletions, replacements and swaps of neighbours between two words (optimal string alignment). */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let column = 1; column <= to.length; column++) {
      const replace = at(last, column - 1) + (from[row - 1] === to[column - 1] ? 0 : 1)
      let errors = Math.min(at(last, column) + 1, at(current, column - 1) + 1, replace)
      if (from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1])
        errors = Math.min(errors, at(beforeLast, column - 2) + 1)
      current.push(errors)
    }
    ;[beforeLast, last] = [last, current]
  }
  return at(last, to.length)
}

const at = (row: readonly number[], column: number): number => row[column] ?? Number.POSITIVE_INFINITY
