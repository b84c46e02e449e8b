// EventFilter: which events are asked for, read from the plain parameters of a URL and written back to them.
import { eventClasses, outcomes, stages } from '@plaintrail/event/event'
import { valueLengthMax, valuesMax } from './bounds.ts'
import { readIdentity } from './identity.ts'
import { nearestWord } from './nearest-word.ts'
import { listParameters, splitAtCommas, type UrlParameters } from './parameters.ts'
import { QueryError } from './query-error.ts'

export const filterKeys = [
  'cluster',
  'actor',
  'as',
  'verb',
  'class',
  'kind',
  'ns',
  'name',
  'sub',
  'outcome',
  'stage',
] as const
export type FilterKey = (typeof filterKeys)[number]

/**
 * The values asked for under one key: an event matches when it has one of `any` (or `any` is empty) and none of `not`.
 * Both are sorted and without repeats. `*` in a value stands for any text; see isGlob. The empty value asks for events
 * that have none: `ns` empty is cluster-scoped, `as` empty is not impersonated.
 */
export interface Terms {
  readonly any: readonly string[]
  readonly not: readonly string[]
}

/** All keys must match. A key that was not asked for is absent. */
export type EventFilter = Readonly<Partial<Record<FilterKey, Terms>>>

/** Of filterParameters as JSON: such a filter always fits into a cursor (cursor.ts, cursorLengthMax). */
export const filterBytesMax = 5 * 1024

const negation = 'not.'

/** Words of other tools for our keys, so that who types them is told ours. */
const otherWords: Readonly<Record<string, FilterKey | (typeof listParameters)[number]>> = {
  namespace: 'ns',
  user: 'actor',
  username: 'actor',
  by: 'actor',
  resource: 'kind',
  type: 'kind',
  subresource: 'sub',
  impersonated: 'as',
  status: 'outcome',
  after: 'since',
  from: 'since',
  before: 'until',
  to: 'until',
}

/**
 * Reads a filter from URL parameters. Values that are repeated or separated by commas are alternatives, `not.` before
 * the name negates, `\,` is a comma within a value. `otherParameters` are left to their own readers.
 * Throws QueryError: an unknown parameter, a value that is none of the choices, too many or too long values.
 */
export function parseEventFilter(
  parameters: UrlParameters,
  otherParameters: readonly string[] = listParameters,
): EventFilter {
  const asked = new Map<FilterKey, Terms>()
  for (const [parameter, value] of Object.entries(parameters)) {
    if (value === undefined || otherParameters.includes(parameter)) continue
    const isNegated = parameter.startsWith(negation)
    const key = filterKeys.find((known) => known === (isNegated ? parameter.slice(negation.length) : parameter))
    if (key === undefined) throw unknownParameter(parameter, otherParameters)
    const values = readValues(key, parameter, value)
    if (values.length === 0) continue
    const terms = asked.get(key) ?? { any: [], not: [] }
    asked.set(key, isNegated ? { ...terms, not: values } : { ...terms, any: values })
  }
  const filter: EventFilter = Object.fromEntries(asked)
  refuseTooLong(filter)
  return filter
}

/** The parameters that parseEventFilter reads as this filter: its inverse, and its one normal form. */
export function filterParameters(filter: EventFilter): Readonly<Record<string, readonly string[]>> {
  const parameters: Record<string, readonly string[]> = {}
  for (const key of filterKeys) {
    const terms = filter[key]
    if (terms === undefined) continue
    if (terms.any.length > 0) parameters[key] = terms.any.map(escapeCommas)
    if (terms.not.length > 0) parameters[`${negation}${key}`] = terms.not.map(escapeCommas)
  }
  return parameters
}

/** The filter as one line for people, in the words of the query language: `actor:alice ns:"" -verb:get,list`. */
export function filterText(filter: EventFilter): string {
  const words: string[] = []
  for (const key of filterKeys) {
    const terms = filter[key]
    if (terms === undefined) continue
    if (terms.any.length > 0) words.push(`${key}:${terms.any.map(quoted).join(',')}`)
    if (terms.not.length > 0) words.push(`-${key}:${terms.not.map(quoted).join(',')}`)
  }
  return words.join(' ')
}

/** Whether a filter's value holds a `*`, which stands for any text, none included. There is no other wildcard. */
export const isGlob = (value: string): boolean => value.includes('*')

/** A glob as a pattern for SQL LIKE with its usual escape character, the backslash. */
export const globToLike = (glob: string): string => glob.replaceAll(/[\\%_]/g, String.raw`\$&`).replaceAll(/\*+/g, '%')

function readValues(key: FilterKey, parameter: string, value: string | readonly string[]): readonly string[] {
  const texts = typeof value === 'string' ? [value] : value
  const values = new Set<string>()
  for (const text of texts) {
    for (const part of splitAtCommas(text)) {
      values.add(readValue(key, parameter, part))
      if (values.size > valuesMax)
        throw new QueryError({
          message: `could not read ${parameter}: it has more than ${valuesMax} values`,
          parameter,
          hint: 'Ask in several questions, or with a glob such as prod-*.',
        })
    }
  }
  return [...values].toSorted()
}

function readValue(key: FilterKey, parameter: string, value: string): string {
  if (value.length > valueLengthMax)
    throw new QueryError({
      message: `could not read ${parameter}: a value is longer than ${valueLengthMax} characters`,
      parameter,
      hint: 'Shorten it with a glob: its beginning and a *.',
    })
  // Postgres has no NUL in a text and the worker replaces it, so no stored value could match.
  if (value.includes('\0'))
    throw new QueryError({
      message: `could not read ${parameter}: a value holds a NUL character`,
      parameter,
      hint: 'Write * in its place.',
    })
  switch (key) {
    case 'actor':
    case 'as':
      return readIdentity(value, parameter)
    case 'class':
      return readChoice(parameter, value, eventClasses)
    case 'outcome':
      return readChoice(parameter, value, outcomes)
    case 'stage':
      return readChoice(parameter, value, stages)
    case 'verb':
    case 'kind':
      return notEmpty(parameter, value).toLowerCase()
    case 'cluster':
      return notEmpty(parameter, value)
    case 'ns':
    case 'name':
    case 'sub':
      return value
    default:
      return key satisfies never
  }
}

function readChoice(parameter: string, value: string, choices: readonly string[]): string {
  const choice = choices.find((known) => known.toLowerCase() === value.toLowerCase())
  if (choice !== undefined) return choice
  throw new QueryError({
    message: `could not read ${parameter}: "${value}" is none of its values`,
    parameter,
    hint: `The values of ${parameter} are ${choices.join(', ')}.`,
    suggestion: nearestWord(value, choices),
  })
}

function notEmpty(parameter: string, value: string): string {
  if (value !== '') return value
  throw new QueryError({
    message: `could not read ${parameter}: it has an empty value`,
    parameter,
    hint: `Give ${parameter} a value or leave it out.`,
  })
}

function unknownParameter(parameter: string, otherParameters: readonly string[]): QueryError {
  const prefix = parameter.startsWith(negation) ? negation : ''
  const known = [...filterKeys, ...(prefix === '' ? otherParameters : [])]
  const words = Object.keys(otherWords).filter((word) => known.includes(otherWords[word] ?? ''))
  const near = nearestWord(parameter.slice(prefix.length), [...known, ...words])
  const meant = near === null ? null : prefix + (words.includes(near) ? (otherWords[near] ?? near) : near)
  return new QueryError({
    message: `could not read "${parameter.slice(0, valueLengthMax)}": there is no such parameter`,
    parameter,
    hint: meant === null ? `The parameters are ${known.join(', ')}.` : `Did you mean "${meant}"?`,
    suggestion: meant,
  })
}

function refuseTooLong(filter: EventFilter): void {
  const lengths = Object.entries(filterParameters(filter)).map((entry): [string, number] => [
    entry[0],
    new TextEncoder().encode(JSON.stringify(entry)).length,
  ])
  const totalBytes = lengths.reduce((total, [, bytes]) => total + bytes, 0)
  if (totalBytes <= filterBytesMax) return
  const [longest] = lengths.toSorted((a, b) => b[1] - a[1])
  throw new QueryError({
    message: `could not read the filter: its values are longer than ${filterBytesMax} bytes together`,
    parameter: longest?.[0] ?? '',
    hint: 'Ask in several questions, or with a glob such as prod-*.',
  })
}

const escapeCommas = (value: string): string => value.replaceAll(/[\\,]/g, String.raw`\$&`)

/** In quotes a `*` would be literal, so only what stands between them is quoted. */
function quoted(value: string): string {
  if (value === '') return '""'
  const pieces = value.split('*')
  return pieces.map((piece, at) => (isBare(piece, at) ? piece : JSON.stringify(piece))).join('*')
}

function isBare(piece: string, at: number): boolean {
  return /^[^\s",()\\]*$/.test(piece) && !(at === 0 && /^[-<>/]/.test(piece))
}
