// queryOfParameters: the plain parameters of a URL as a Query: `?ns=prod,dev&not.verb=get` is `ns:dev,prod -verb:get`.
import { and, not, or, type Query } from './ast.ts'
import { bounded, valueLengthMax, valuesMax } from './bounds.ts'
import { nearestWord } from './nearest-word.ts'
import { listParameters, splitAtCommas, type UrlParameters } from './parameters.ts'
import { type Qualifier, qualifiers, wordsForKeys } from './qualifiers.ts'
import { QueryError } from './query-error.ts'
import { readValue, unavailable } from './read-value.ts'

const negation = 'not.'

/**
 * Every qualifier is a parameter by its key; repeated ones and commas are alternatives, `not.` before the name negates,
 * `\,` is a comma within a value. `otherParameters` are left to their own readers. Throws QueryError.
 */
export function queryOfParameters(
  parameters: UrlParameters,
  nowUs: number,
  otherParameters: readonly string[] = listParameters,
): Query {
  const parts: Query[] = []
  for (const [parameter, sent] of Object.entries(parameters)) {
    if (sent === undefined || otherParameters.includes(parameter)) continue
    const isNegated = parameter.startsWith(negation)
    const word = isNegated ? parameter.slice(negation.length) : parameter
    const qualifier = qualifiers.find(({ key }) => key === word)
    if (qualifier === undefined) throw unknownParameter(parameter, word, otherParameters)
    if (qualifier.availability !== 'now') throw unavailable(parameter, qualifier.availability.needs, parameter)
    const values = readValues(qualifier, parameter, typeof sent === 'string' ? [sent] : sent, nowUs)
    if (values.length > 0) parts.push(isNegated ? not(or(values)) : or(values))
  }
  return bounded(and(parts), '')
}

function readValues(
  qualifier: Qualifier,
  parameter: string,
  texts: readonly string[],
  nowUs: number,
): readonly Query[] {
  const values = texts.flatMap(splitAtCommas)
  const tooLong = values.some((value) => value.length > valueLengthMax)
  if (tooLong || values.length > valuesMax)
    throw new QueryError({
      message: tooLong
        ? `could not read ${parameter}: a value is longer than ${valueLengthMax} characters`
        : `could not read ${parameter}: it has more than ${valuesMax} values`,
      parameter,
      hint: 'Ask with a glob such as prod-*, or in several questions.',
    })
  return values.map((value) => {
    refuseNul(parameter, value)
    return readValue(qualifier, [{ text: value.toWellFormed(), isQuoted: false }], { word: parameter, nowUs })
  })
}

/** Postgres has no NUL in a text and the worker replaces it, so no stored text could match. */
function refuseNul(parameter: string, value: string): void {
  if (!value.includes('\0')) return
  throw new QueryError({
    message: `could not read ${parameter}: a value holds a NUL character`,
    parameter,
    hint: 'Write * in its place.',
  })
}

function unknownParameter(parameter: string, word: string, otherParameters: readonly string[]): QueryError {
  const prefix = parameter.slice(0, parameter.length - word.length)
  const others = prefix === '' ? otherParameters : []
  const near = nearestWord(word, [...wordsForKeys.keys(), ...others])
  const key = near === null || others.includes(near) ? near : (wordsForKeys.get(near) ?? null)
  const known = [...qualifiers.filter(({ availability }) => availability === 'now').map(({ key }) => key), ...others]
  return new QueryError({
    message: `could not read "${parameter.slice(0, valueLengthMax)}": there is no such parameter`,
    parameter,
    hint: key === null ? `The parameters are ${known.join(', ')}.` : `Did you mean "${prefix}${key}"?`,
    suggestion: key === null ? null : prefix + key,
  })
}
