// parseQuery: the text of a query as what it asks for.
import { and, not, or, type Query } from './ast.ts'
import { bounded } from './bounds.ts'
import { type Atom, faultAt, globsInstead, noRegex, replaced, type Word } from './lex.ts'
import { nearestWord } from './nearest-word.ts'
import { parse, type Syntax } from './parse.ts'
import { type Qualifier, qualifierOf, qualifiers, wordsForKeys } from './qualifiers.ts'
import { QueryError, type Span } from './query-error.ts'
import { readText, readValue, unavailable } from './read-value.ts'

/**
 * Relative times are relative to `nowUs`, in microseconds since 1970. Throws QueryError and nothing else, whatever the
 * text: with the place of the fault, and the whole query mended where it can be.
 */
export function parseQuery(text: string, nowUs: number): Query {
  const source = { text, nowUs }
  const query = read(parse(text), source)
  return located({ start: 0, end: text.length }, source, () => bounded(query))
}

interface Source {
  readonly text: string
  readonly nowUs: number
}

function read(syntax: Syntax, source: Source): Query {
  switch (syntax.kind) {
    case 'and':
      return and(syntax.parts.map((part) => read(part, source)))
    case 'or':
      return or(syntax.parts.map((part) => read(part, source)))
    case 'not':
      return not(read(syntax.part, source))
    case 'text':
      refuseRegex(syntax.atom)
      return located(syntax.atom, source, () => ({ kind: 'says', text: readText(syntax.atom.pieces, 'the text') }))
    case 'qualifier':
      return readQualifier(syntax, source)
    default:
      return syntax satisfies never
  }
}

function readQualifier(syntax: Extract<Syntax, { kind: 'qualifier' }>, source: Source): Query {
  const { key, values } = syntax
  const qualifier = qualifierOf(key.text)
  if (qualifier === null) throw unknownKey(key, syntax, source)
  if (qualifier.availability !== 'now') {
    const { needs } = qualifier.availability
    throw located(key, source, () => unavailable(key.text, needs, 'q'))
  }
  return or(
    values.map((value) => {
      refuseRegex(value)
      refuseComparison(qualifier, value)
      return located(value, source, () => readValue(qualifier, value.pieces, { word: key.text, nowUs: source.nowUs }))
    }),
  )
}

/** What is said about a value, said about its place in the text. */
function located<T>(span: Span, { text }: Source, readIt: () => T): T {
  try {
    const read = readIt()
    if (!(read instanceof QueryError)) return read
    throw read
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    const { message, hint, code, suggestion } = error
    const mended = suggestion === undefined ? null : replaced(text, span, suggestion)
    throw new QueryError({ message, hint, code, parameter: 'q', pointer: span, suggestion: mended })
  }
}

function unknownKey(key: Word, term: Span, { text }: Source): QueryError {
  const near = nearestWord(key.text, [...wordsForKeys.keys()])
  const meant = near === null ? null : (wordsForKeys.get(near) ?? null)
  const alias = near !== null && qualifierOf(near)?.aliases.includes(near) === true ? ` (also "${near}")` : ''
  const known = qualifiers.filter(({ availability }) => availability === 'now').map((one) => one.key)
  const written = text.slice(term.start, term.end)
  // `system:admin` was meant as free text.
  const literal = /["\\]/.test(written) ? null : replaced(text, term, `"${written}"`)
  const others = `In quotes it is free text. The qualifiers are ${known.join(', ')}.`
  return faultAt(key, {
    message: `could not read "${key.text.slice(0, 100)}:": there is no such qualifier`,
    hint: meant === null ? others : `Did you mean "${meant}"${alias}?`,
    mended: meant === null ? literal : replaced(text, key, meant),
  })
}

function refuseRegex(atom: Atom): void {
  const [first] = atom.pieces
  const last = atom.pieces.at(-1)
  if (first === undefined || last === undefined || first.isQuoted || last.isQuoted) return
  const isClosed = /\/[a-z]*$/.test(last === first ? last.text.slice(1) : last.text)
  if (first.text.startsWith('/') && isClosed) throw faultAt(atom, { message: noRegex, hint: globsInstead })
}

/** `ns:>5` is none of a name; in quotes it is one. */
function refuseComparison({ key, takes }: Qualifier, atom: Atom): void {
  const [first] = atom.pieces
  const isOrdered = ['number', 'duration', 'time', 'since', 'until', 'rank'].includes(takes.kind)
  if (isOrdered || first === undefined || first.isQuoted || !/^[<>]/.test(first.text)) return
  throw faultAt(atom, {
    message: `could not read ${key}: it has no order in which something is greater`,
    hint: 'In quotes < and > are literal.',
  })
}
