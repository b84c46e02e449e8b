// withoutAbsent: an object of ours without the fields that are null, undefined or empty.

/** What came from the API server: it stays as it is, whatever is in it. */
const theirs = new Set(['data', 'kubernetes'])

export function withoutAbsent(fields: object): object {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]): readonly [string, unknown][] => {
      const kept = theirs.has(name) ? value : present(value)
      return isAbsent(kept) ? [] : [[name, kept]]
    }),
  )
}

function present(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  return Array.isArray(value) ? value.map(present) : withoutAbsent(value)
}

function isAbsent(value: unknown): boolean {
  if (value === null || value === undefined) return true
  return typeof value === 'object' && Object.keys(value).length === 0
}
