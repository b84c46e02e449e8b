// readRange: comparisons and ranges, `>=400`, `400..499`, `>10m`, `2026-11-01..2026-11-05`, as least and greatest numbers.
import type { Range } from './ast.ts'
import { parseDuration, unitUs } from './duration.ts'
import type { Piece } from './lex.ts'
import { QueryError } from './query-error.ts'
import { parseStretch } from './stretch.ts'
import { parseTime, timeUsMax } from './window.ts'

/** How one number is written, and between which bounds it makes sense. */
interface Scale {
  /** The numbers that a text covers; `max` is less than `min` where it is a point between two. Throws QueryError. */
  readonly read: (text: string) => { readonly min: number; readonly max: number }
  readonly lowest: number
  readonly highest: number
  readonly example: string
}

export const durationUsMax = 36_500 * unitUs.d
/** A day before the last time that is read, so that the day of every time asked for has an end that is read too. */
export const timeAskedUsMax = timeUsMax - unitUs.d - 1

/** Throws QueryError: not of the scale, without a beginning and an end, or such that no number is in it. */
export function readRange(pieces: readonly Piece[], scale: Scale, word: string): Range {
  const range = readBounds(pieces, scale, word)
  const { min, max } = range
  if (min !== null && max !== null && min > max)
    throw fault(word, `"${textOf(pieces)}" has nothing in it`, `Write the lesser end first, as in ${scale.example}.`)
  if ([min, max].every((end) => end === null || (end >= scale.lowest && end <= scale.highest))) return range
  throw fault(word, `"${textOf(pieces)}" is beyond everything that there is`, `Write it as in ${scale.example}.`)
}

/** A whole number, or a hundred of them as `4xx`. */
export function readNumber({ min, max }: { readonly min: number; readonly max: number }, word: string): Scale {
  const read: Scale['read'] = (text) => {
    if (/^[1-9]xx$/i.test(text)) return { min: Number(text.charAt(0)) * 100, max: Number(text.charAt(0)) * 100 + 99 }
    const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
    if (number >= min && number <= max) return { min: number, max: number }
    throw fault(
      word,
      `"${text}" is no whole number from ${min} to ${max}`,
      `Write ${word}:404, ${word}:>=400 or ${word}:4xx.`,
    )
  }
  return { read, lowest: min, highest: max, example: `${word}:400..499` }
}

export function readDuration(word: string): Scale {
  const read: Scale['read'] = (text) => {
    const { months, us } = parseDuration(text) ?? { months: 1, us: 0 }
    if (months === 0 && us <= durationUsMax) return { min: us, max: us }
    throw fault(word, `"${text}" is no duration`, 'Write 500ms, 10m or PT10M; units are us, ms, s, m, h, d and w.')
  }
  return { read, lowest: 0, highest: durationUsMax, example: `${word}:10m..1h` }
}

export function readTime({ word, nowUs }: { readonly word: string; readonly nowUs: number }): Scale {
  const read: Scale['read'] = (text) => {
    const { minUs, maxUs } = parseStretch(text, nowUs, word)
    return { min: minUs, max: maxUs }
  }
  return { read, lowest: 0, highest: timeAskedUsMax, example: `${word}:2026-11-01..2026-11-05 or ${word}:>=-5m` }
}

/** The range that one time begins or ends. */
export function readMoment(
  side: 'since' | 'until',
  pieces: readonly Piece[],
  { word, nowUs }: { readonly word: string; readonly nowUs: number },
): Range {
  const text = textOf(pieces)
  if (/^[<>]|\.\.|\//.test(text))
    throw fault(
      word,
      `"${text}" is no single time`,
      'Stretches and comparisons are written with created, as in created:2026-11-20/P1D.',
    )
  const us = parseTime(text, nowUs, word)
  const end = side === 'since' ? us : us - 1
  if (end < 0 || end > timeAskedUsMax)
    throw fault(word, `"${text}" is beyond everything that there is`, 'Write another time.')
  return side === 'since' ? { min: end, max: null } : { min: null, max: end }
}

function readBounds(pieces: readonly Piece[], scale: Scale, word: string): Range {
  const text = textOf(pieces)
  const [first] = pieces
  const operator = first === undefined || first.isQuoted ? undefined : /^[<>]=?/.exec(first.text)?.[0]
  if (operator !== undefined) return compared(operator, scale.read(text.slice(operator.length)))
  const dots = dotsIn(pieces)
  if (dots === null) return scale.read(text)
  const [from, to] = [text.slice(0, dots), text.slice(dots + '..'.length)]
  if (from === '*' && to === '*') throw fault(word, 'a range needs an end', `Write it as in ${scale.example}.`)
  return { min: from === '*' ? null : scale.read(from).min, max: to === '*' ? null : scale.read(to).max }
}

function compared(operator: string, { min, max }: { readonly min: number; readonly max: number }): Range {
  switch (operator) {
    case '>':
      return { min: max + 1, max: null }
    case '>=':
      return { min, max: null }
    case '<':
      return { min: null, max: min - 1 }
    default:
      return { min: null, max }
  }
}

/** Where the first `..` without quotes stands in the whole text, or null. */
function dotsIn(pieces: readonly Piece[]): number | null {
  let before = 0
  for (const { text, isQuoted } of pieces) {
    const at = isQuoted ? -1 : text.indexOf('..')
    if (at !== -1) return before + at
    before += text.length
  }
  return null
}

const textOf = (pieces: readonly Piece[]): string => pieces.map(({ text }) => text).join('')

function fault(word: string, what: string, hint: string): QueryError {
  return new QueryError({ message: `could not read ${word}: ${what.slice(0, 200)}`, parameter: word, hint })
}
