// UrlParameters: the parameters of a URL as a server hands them over, repeated ones as arrays.
import { QueryError } from './query-error.ts'

export type ParameterValue = string | readonly string[] | undefined
export type UrlParameters = Readonly<Record<string, ParameterValue>>

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
