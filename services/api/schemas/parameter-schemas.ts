// The parameters of URLs as schemas: each says what it takes, and makes of the text what its schema in the document says.

import { limitDefault, limitMax, orders } from '@plaintrail/query/page'
import { type Qualifier, qualifiers } from '@plaintrail/query/qualifiers'
import * as z from 'zod'
import type { ParameterShape } from '../read-input.ts'

/** A whole number; `otherwise` is what counts where it was not sent. */
export function wholeNumber(min: number, max: number, otherwise: number | null, description: string) {
  const number = z.preprocess(
    (text) => (typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : text),
    z.int().min(min).max(max),
  )
  return (otherwise === null ? number.optional() : number.optional().default(otherwise)).describe(description)
}

/** `flag`, `flag=true` or `flag=false`. */
export function yesOrNo(description: string) {
  return z
    .preprocess((text) => (text === 'true' || text === '' ? true : text === 'false' ? false : text), z.boolean())
    .optional()
    .describe(description)
}

/** One text. */
export function oneText(description: string, lengthMax = 512) {
  return z.string().max(lengthMax).optional().describe(description)
}

/** One of some words. */
export function oneOf<const Word extends string>(words: readonly [Word, ...Word[]], description: string) {
  return z.enum(words).optional().describe(description)
}

/** Some of some words, between commas or repeated. */
export function someOf<const Word extends string>(words: readonly [Word, ...Word[]], description: string) {
  return z
    .preprocess(splitAtCommas, z.array(z.enum(words)).max(words.length))
    .optional()
    .describe(description)
}

/** Several values, between commas or repeated; what they may be is said by who reads them. */
export function severalTexts(description: string) {
  return z
    .preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(z.string()))
    .optional()
    .describe(description)
}

function splitAtCommas(value: unknown): unknown {
  if (typeof value === 'string') return value.split(',')
  return Array.isArray(value) ? value.flatMap((text) => String(text).split(',')) : value
}

/** The query room has a lower bound and says where it is passed. */
const qLengthMax = 1_000_000

const times = 'RFC 3339, a date (`2026-11-20`), `now`, or a time span before now (`15m`, `2h`, `30d`, `PT15M`)'

/** In what every list of things that happened is bounded by time. */
export const windowParameters = {
  since: oneText(`Where the window begins, itself in it: ${times}; or an interval (\`2026-11-20/P1D\`).`, 128),
  until: oneText(`Where the window ends, itself not in it: ${times}. Now, unless you say.`, 128),
} satisfies ParameterShape

export const orderParameter = oneOf(orders, 'By time: `desc`, the default, is newest first.')

export const limitParameter = wholeNumber(1, limitMax, limitDefault, `Items in the page, 1 to ${limitMax}.`)

/** The way to the next page. */
export const cursorParameter = oneText(
  'The `next_cursor` of the page before, sent alone: it carries the whole question and its window.',
  16_384,
)

/**
 * The query language: `q`, and every qualifier as a plain parameter of its name. The room `query` reads them, so a
 * route that takes these says `otherParameters: 'query language'`.
 */
export const queryParameters: ParameterShape = {
  q: oneText('A query, such as `actor:alice verb:patch ns:prod-*`; docs/query.md is the language.', qLengthMax),
  ...Object.fromEntries(
    qualifiers.filter(isParameter).flatMap((qualifier) => [
      [qualifier.key, severalTexts(toldOf(qualifier))],
      [`not.${qualifier.key}`, severalTexts(`None of these; see \`${qualifier.key}\`.`)],
    ]),
  ),
}

/** `since` and `until` say it, and a URL has both words for nothing. */
function isParameter({ key, availability }: Qualifier): boolean {
  return availability === 'now' && key !== 'after' && key !== 'before'
}

function toldOf({ description, takes, examples }: Qualifier): string {
  const values = takes.kind === 'choice' ? ` It can be ${takes.choices.join(', ')}.` : ''
  const [example = ''] = examples
  return `In the query language \`${example}\`: ${description}.${values}`
}
