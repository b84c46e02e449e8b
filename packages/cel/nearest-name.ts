// nearestName: the known name that somebody who mistyped by a letter or by case probably meant.

export function nearestName(name: string, known: readonly string[]): string | undefined {
  const typed = name.toLowerCase()
  return (
    known.find((candidate) => candidate.toLowerCase() === typed) ??
    known.find((candidate) => isOneOff(typed, candidate.toLowerCase()))
  )
}

/** Whether one letter is missing, too many, or another one. */
function isOneOff(one: string, other: string): boolean {
  if (Math.min(one.length, other.length) < 3 || Math.abs(one.length - other.length) > 1) return false
  let start = 0
  while (start < one.length && one[start] === other[start]) start += 1
  const rest = one.slice(start)
  const otherRest = other.slice(start)
  return rest.slice(1) === otherRest || otherRest.slice(1) === rest || rest.slice(1) === otherRest.slice(1)
}
