// parse: the text of a query as a tree in which every node knows its place. What the words mean is not asked here.
import { depthMax, termsMax } from './bounds.ts'
import { type Atom, faultAt, lex, replaced, type Token, type Word, type Work } from './lex.ts'
import type { QueryError, Span } from './query-error.ts'

export type Syntax =
  | ({ readonly kind: 'and' | 'or'; readonly parts: readonly Syntax[] } & Span)
  | ({ readonly kind: 'not'; readonly part: Syntax } & Span)
  | ({ readonly kind: 'text'; readonly atom: Atom } & Span)
  | ({ readonly kind: 'qualifier'; readonly key: Word; readonly values: readonly Atom[] } & Span)

interface Parser {
  readonly text: string
  readonly tokens: readonly Token[]
  at: number
  terms: number
  readonly work: Work
}

/**
 * query = all {"OR" all}; all = term {["AND"] term}; term = {"-" | "NOT"} ("(" query ")" | qualifier | text). A text of
 * nothing but space is an `and` of nothing. Throws QueryError.
 */
export function parse(text: string, work: Work = { steps: 0 }): Syntax {
  const tokens = lex(text, work)
  const parser: Parser = { text, tokens, at: 0, terms: 0, work }
  if (tokens.length === 0) return { kind: 'and', parts: [], start: 0, end: text.length }
  const syntax = parseAny(parser, 0)
  const stray = tokens[parser.at]
  if (stray !== undefined)
    throw faultAt(stray, {
      message: 'could not read the query: a ) closes nothing',
      hint: 'Leave it out, or put it in quotes.',
      mended: replaced(text, stray, ''),
    })
  return syntax
}

function parseAny(parser: Parser, depth: number): Syntax {
  return parseJoined(parser, 'or', () => parseAll(parser, depth))
}

function parseAll(parser: Parser, depth: number): Syntax {
  return parseJoined(parser, 'and', () => parseTerm(parser, depth))
}

/** Parts with their operator between them, which only `and` may lack. */
function parseJoined(parser: Parser, kind: 'and' | 'or', parsePart: () => Syntax): Syntax {
  const first = parsePart()
  const parts = [first]
  for (;;) {
    const next = parser.tokens[parser.at]
    const isImplied = kind === 'and' && next !== undefined && next.kind !== 'or' && next.kind !== 'close'
    if (next?.kind === kind) take(parser)
    else if (!isImplied) break
    parts.push(parsePart())
  }
  return parts.length === 1 ? first : { kind, parts, start: first.start, end: parts.at(-1)?.end ?? first.end }
}

function parseTerm(parser: Parser, depth: number): Syntax {
  const start = parser.tokens[parser.at]?.start ?? parser.text.length
  let negations = 0
  while (parser.tokens[parser.at]?.kind === 'minus' || parser.tokens[parser.at]?.kind === 'not') {
    take(parser)
    negations++
  }
  const part = parsePrimary(parser, depth)
  return negations % 2 === 0 ? part : { kind: 'not', part, start, end: part.end }
}

function parsePrimary(parser: Parser, depth: number): Syntax {
  const token = parser.tokens[parser.at]
  switch (token?.kind) {
    case 'open':
      return parseGroup(parser, token, depth)
    case 'text':
    case 'qualifier':
      take(parser)
      parser.terms++
      if (parser.terms <= termsMax) return token
      throw faultAt(token, {
        message: `could not read the query: it has more than ${termsMax} terms`,
        hint: 'Ask in several questions, or with commas as in ns:a,b.',
      })
    case 'close':
    case 'minus':
    case 'and':
    case 'or':
    case 'not':
    case undefined:
      throw missingTerm(parser)
    default:
      return token satisfies never
  }
}

function parseGroup(parser: Parser, open: Token, depth: number): Syntax {
  if (depth >= depthMax)
    throw faultAt(open, {
      message: `could not read the query: its groups are nested more than ${depthMax} deep`,
      hint: 'Leave out parentheses that change nothing.',
    })
  take(parser)
  const inner = parseAny(parser, depth + 1)
  const close = parser.tokens[parser.at]
  if (close?.kind !== 'close')
    throw faultAt(open, {
      message: 'could not read the query: a ( is not closed',
      hint: 'Close it with ), or put it in quotes.',
      mended: `${parser.text})`,
    })
  take(parser)
  return { ...inner, start: open.start, end: close.end }
}

/** At a token that cannot begin a term, or at the end. */
function missingTerm({ text, tokens, at }: Parser): QueryError {
  const [before, token] = [tokens[at - 1], tokens[at]]
  if (before?.kind === 'open' && (token === undefined || token.kind === 'close'))
    return faultAt(
      { start: before.start, end: token?.end ?? text.length },
      {
        message: 'could not read the query: a group is empty',
        hint: 'Write a term between ( and ), or put them in quotes.',
      },
    )
  // `a OR` and `OR a`: what is too much is the operator before the gap, else the one at it.
  const isAfter = before !== undefined && before.kind !== 'open' && before.kind !== 'close'
  const culprit = (isAfter ? before : token) ?? { start: 0, end: text.length }
  const what = text.slice(culprit.start, culprit.end)
  const spaces = text.slice(culprit.end).search(/\S|$/)
  return faultAt(culprit, {
    message: `could not read the query: "${what}" has nothing ${isAfter ? 'after' : 'before'} it`,
    hint: 'Give it a term on that side, leave it out, or put it in quotes.',
    mended: replaced(text, { start: culprit.start, end: culprit.end + spaces }, '').trim(),
  })
}

function take(parser: Parser): void {
  parser.at++
  parser.work.steps++
}
