// lex: the text of a query as tokens, each with its place. It looks at every character once or twice, never back.
import { queryLengthMax, valueLengthMax, valuesMax } from './bounds.ts'
import { QueryError, type Span } from './query-error.ts'

/** What was written without a space; in a piece without quotes a `*` is a wildcard. Escapes are resolved. */
export interface Atom extends Span {
  readonly pieces: readonly Piece[]
}
export interface Piece {
  readonly text: string
  readonly isQuoted: boolean
}

export type Token =
  | ({ readonly kind: 'open' | 'close' | 'minus' | 'and' | 'or' | 'not' } & Span)
  | ({ readonly kind: 'text'; readonly atom: Atom } & Span)
  | ({ readonly kind: 'qualifier'; readonly key: Word; readonly values: readonly Atom[] } & Span)

/** A word as it was written. */
export interface Word extends Span {
  readonly text: string
}

/** How many characters and tokens were looked at: a measure of the work that needs no clock. */
export interface Work {
  steps: number
}

interface Lexer {
  readonly text: string
  at: number
  readonly work: Work
}

/** A query that holds no NUL and is not too long. A lone surrogate is U+FFFD, as in every stored text. Throws QueryError. */
export function lex(queryText: string, work: Work): readonly Token[] {
  const lexer: Lexer = { text: lexable(queryText), at: 0, work }
  const tokens: Token[] = []
  for (;;) {
    skipSpace(lexer)
    if (lexer.at === lexer.text.length) return tokens
    tokens.push(nextToken(lexer))
  }
}

/** A fault in the text of a query; `mended` is the whole query without it. */
export function faultAt(
  pointer: Span,
  fault: { readonly message: string; readonly hint: string; readonly mended?: string | null },
): QueryError {
  const { message, hint, mended = null } = fault
  return new QueryError({ message, parameter: 'q', hint, pointer, suggestion: mended })
}

/** The text with another one in the place of a span. */
export const replaced = (text: string, { start, end }: Span, replacement: string): string =>
  text.slice(0, start) + replacement + text.slice(end)

/** Where the word that begins at `at` stops looking like a key; a key when a colon stands there. */
export function keyEnd(text: string, at: number): number {
  if (!/[A-Za-z]/.test(text.charAt(at))) return at
  let end = at + 1
  while (/[\w.-]/.test(text.charAt(end))) end++
  return end
}

function lexable(text: string): string {
  if (text.length > queryLengthMax)
    throw faultAt(
      { start: queryLengthMax, end: text.length },
      {
        message: `could not read the query: it has ${text.length} characters and ${queryLengthMax} is the most`,
        hint: 'Ask in several questions, or with globs such as prod-*.',
      },
    )
  const nul = text.indexOf('\0')
  if (nul === -1) return text.toWellFormed()
  throw noNul({ start: nul, end: nul + 1 })
}

/** Postgres has no NUL in a text and the worker replaces it, so no stored text could match. */
function noNul(pointer: Span): QueryError {
  return faultAt(pointer, {
    message: 'could not read the query: it holds a NUL character',
    hint: 'Write * in its place.',
  })
}

function skipSpace(lexer: Lexer): void {
  while (lexer.at < lexer.text.length && isSpace(lexer.text.charAt(lexer.at))) {
    lexer.at++
    lexer.work.steps++
  }
}

function nextToken(lexer: Lexer): Token {
  const start = lexer.at
  const sign = signs.get(lexer.text.charAt(start))
  if (sign !== undefined) {
    if (sign === 'minus' && isSpace(lexer.text.charAt(start + 1))) throw loneMinus(lexer)
    lexer.at++
    lexer.work.steps++
    return { kind: sign, start, end: lexer.at }
  }
  const end = keyEnd(lexer.text, start)
  lexer.work.steps += end - start
  if (end > start && lexer.text[end] === ':') return qualifier(lexer, end)
  const atom = readAtom(lexer, false)
  if (atom === null) throw new Error(`could not read the query at ${start}: a character belongs to no token`)
  const kind = operators.get(lexer.text.slice(atom.start, atom.end))
  const span = { start, end: atom.end }
  return kind === undefined ? { kind: 'text', atom, ...span } : { kind, ...span }
}

const signs: ReadonlyMap<string, 'open' | 'close' | 'minus'> = new Map([
  ['(', 'open'],
  [')', 'close'],
  ['-', 'minus'],
])
export const operators: ReadonlyMap<string, 'and' | 'or' | 'not'> = new Map([
  ['AND', 'and'],
  ['OR', 'or'],
  ['NOT', 'not'],
])

/** `- a` is neither "not a" for sure nor a text for sure. */
function loneMinus({ text, at }: Lexer): QueryError {
  return faultAt(
    { start: at, end: at + 1 },
    {
      message: 'could not read the query: a - stands alone',
      hint: 'Write it before what it negates without a space, or in quotes.',
      mended: replaced(text, { start: at, end: at + 1 }, '"-"'),
    },
  )
}

function qualifier(lexer: Lexer, keyEnd: number): Token {
  const start = lexer.at
  const key = { text: lexer.text.slice(start, keyEnd), start, end: keyEnd }
  const values: Atom[] = []
  lexer.at = keyEnd
  do {
    // Past the colon, then past each comma.
    lexer.at++
    const value = readAtom(lexer, true)
    if (value === null) throw missingValue(lexer, key)
    values.push(value)
    if (values.length > valuesMax)
      throw faultAt(value, {
        message: `could not read ${key.text}: it has more than ${valuesMax} values`,
        hint: 'Ask in several questions, or with a glob such as prod-*.',
      })
  } while (lexer.text[lexer.at] === ',')
  return { kind: 'qualifier', key, values, start, end: lexer.at }
}

function missingValue({ text, at }: Lexer, key: Word): QueryError {
  if (text[at] === '(')
    return faultAt(
      { start: at, end: at + 1 },
      {
        message: `could not read ${key.text}: a group stands where its value should`,
        hint: `Write alternatives with commas, as in ${key.text}:a,b.`,
      },
    )
  const next = text.slice(at).search(/\S/)
  // `ns: prod` and `verb:get, list`: the value is there, after a space too many.
  const isNear = next > 0 && !/[(),-]/.test(text.charAt(at + next)) && text[keyEnd(text, at + next)] !== ':'
  const isComma = text[at] === ','
  return faultAt(
    { start: key.start, end: at },
    {
      message: `could not read ${key.text}: a value is missing`,
      hint: isNear
        ? 'Leave out the space before the value.'
        : `Write it right after the colon or comma; ${key.text}:"" is the empty one.`,
      mended: isNear
        ? replaced(text, { start: at, end: at + next }, '')
        : isComma
          ? replaced(text, { start: at, end: at + 1 }, '')
          : null,
    },
  )
}

/** Null where none begins. Within a value a comma ends it; in free text it is a character like others. */
function readAtom(lexer: Lexer, isValue: boolean): Atom | null {
  const start = lexer.at
  const pieces: Piece[] = []
  for (;;) {
    const character = lexer.text.charAt(lexer.at)
    if (character === '(' && pieces.length > 0) throw groupInWord(lexer, start)
    if (character === '' || '()'.includes(character) || (isValue && character === ',') || isSpace(character)) break
    pieces.push(character === '"' ? quotedPiece(lexer) : barePiece(lexer, isValue))
  }
  if (pieces.length === 0) return null
  const atom = { pieces, start, end: lexer.at }
  const length = pieces.reduce((total, { text }) => total + text.length, 0)
  if (length <= valueLengthMax) return atom
  throw faultAt(atom, {
    message: `could not read the query: a value is longer than ${valueLengthMax} characters`,
    hint: 'Shorten it with a glob: its beginning and a *.',
  })
}

/** A backslash takes the comma, backslash or quote after it literally; before anything else it is itself: `CORP\alice`. */
function barePiece(lexer: Lexer, isValue: boolean): Piece {
  let text = ''
  for (; lexer.at < lexer.text.length; lexer.at++, lexer.work.steps++) {
    const character = lexer.text.charAt(lexer.at)
    if ('"()'.includes(character) || (isValue && character === ',') || isSpace(character)) break
    const next = lexer.text.charAt(lexer.at + 1)
    if (character === '\\' && next !== '' && '\\,"'.includes(next)) {
      lexer.at++
      text += next
    } else text += character
  }
  return { text, isQuoted: false }
}

function quotedPiece(lexer: Lexer): Piece {
  const start = lexer.at
  let text = ''
  lexer.at++
  while (lexer.at < lexer.text.length) {
    lexer.work.steps++
    const character = lexer.text.charAt(lexer.at)
    if (character === '"') {
      lexer.at++
      return { text, isQuoted: true }
    }
    text += character === '\\' ? escaped(lexer) : character
    lexer.at++
  }
  throw faultAt(
    { start, end: lexer.at },
    {
      message: 'could not read the query: a quote is not closed',
      hint: String.raw`Close it with "; within quotes a quote is \".`,
      mended: `${lexer.text}${lexer.text.endsWith('\\') ? '\\' : ''}"`,
    },
  )
}

/** At a backslash in quotes; leaves the lexer at the last character of the escape. */
function escaped(lexer: Lexer): string {
  const next = lexer.text.charAt(lexer.at + 1)
  if (next === '"' || next === '\\') {
    lexer.at++
    return next
  }
  const [all, hex = ''] = /^\\u\{([0-9A-Fa-f]{1,6})\}/.exec(lexer.text.slice(lexer.at, lexer.at + 10)) ?? []
  const codePoint = Number.parseInt(hex, 16)
  if (all === undefined || codePoint > 0x10_ffff) return '\\'
  if (codePoint === 0) throw noNul({ start: lexer.at, end: lexer.at + all.length })
  lexer.at += all.length - 1
  return String.fromCodePoint(codePoint).toWellFormed()
}

function groupInWord(lexer: Lexer, start: number): QueryError {
  const { text, at } = lexer
  if (text[start] === '/') return faultAt({ start, end: at + 1 }, { message: noRegex, hint: globsInstead })
  return faultAt(
    { start: at, end: at + 1 },
    {
      message: 'could not read the query: a group begins within a word',
      hint: 'Write a space before the ( or put the word in quotes.',
      mended: replaced(text, { start: at, end: at }, ' '),
    },
  )
}

export const noRegex = 'could not read the query: regular expressions are not part of the language'
export const globsInstead = 'Write a glob, in which * stands for any text, as in prod-*; in quotes a / is literal.'

export const isSpace = (character: string): boolean => /\s/.test(character)
