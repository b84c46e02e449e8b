// UrlParameters: the parameters of a URL as a server hands them over, repeated ones as arrays.
import { QueryError } from './query-error.ts'

export type ParameterValue = string | readonly string[] | undefined
export type UrlParameters = Readonly<Record<string, ParameterValue>>

/** The parameters of a list of events that are no qualifiers. */
export const listParameters = ['q', 'since', 'until', 'order', 'limit', 'cursor', 'include', 'fields'] as const

/** The value of a parameter that makes sense once only, or undefined where it was not sent. Throws QueryError. */
export function onlyValue(parameter: string, value: ParameterValue): string | undefined {
  if (value === undefined || typeof value === 'string') return value
  if (value.length <= 1) return value[0]
  throw new QueryError({
    message: `could not read ${parameter}: it was sent ${value.length} times`,
    parameter,
    hint: `Send ${parameter} once.`,
  })
}

/** A backslash before a comma or a backslash takes it literally; before anything else it is itself, as in `CORP\alice`. */
export function splitAtCommas(text: string): readonly string[] {
  const parts: string[] = ['']
  for (const [piece] of text.matchAll(/\\[\\,]|,|[^\\,]+|\\/g)) {
    if (piece === ',') parts.push('')
    else parts.push(`${parts.pop() ?? ''}${/^\\[\\,]$/.test(piece) ? piece.slice(1) : piece}`)
  }
  return parts
}
