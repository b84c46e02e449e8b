// readStep: `match` and `where` of a rule, an exception or a condition, both checked.
import { textLengthMax } from '@plaintrail/cel/bounds'
import { compileCel } from '@plaintrail/cel/compile-cel'
import { everything, type Query } from '@plaintrail/query/ast'
import { queryLengthMax } from '@plaintrail/query/bounds'
import { queryText } from '@plaintrail/query/normal-form'
import { parse, type Syntax } from '@plaintrail/query/parse'
import { parseQuery } from '@plaintrail/query/parse-query'
import { qualifierOf } from '@plaintrail/query/qualifiers'
import { QueryError, type Span } from '@plaintrail/query/query-error'
import type { FieldReader } from './field-reader.ts'
import type { Located } from './located.ts'
import type { Step, Where } from './rule.ts'
import { variablesOf } from './rule-variables.ts'
import { placeOfOffset, placeOfPlace, type TextInFile } from './text-in-file.ts'

export interface WrittenStep {
  /** How it is named in sentences: `spec`, `an exception`. */
  readonly what: string
  readonly on: 'event' | 'gap'
  readonly match: Located | undefined
  readonly where: Located | undefined
}

/** Null where it is wrong, which is told. What has no `match` is about everything. */
export function readStep(reader: FieldReader, { what, on, match, where }: WrittenStep): Step | null {
  const before = reader.problems.count
  const matched = reader.written(match, `${what}.match`, queryLengthMax)
  const query = matched === null ? everything : readMatch(reader, matched)
  const condition = readWhere(reader, where, { what, on })
  if (query === null || reader.problems.count > before) return null
  return { matchText: matched?.text ?? '', matchAt: matched, match: query, where: condition }
}

/** Two moments of which a relative time is never the same. */
const [oneUs, otherUs] = [1_600_000_000_000_000, 1_700_000_000_000_000]

function readMatch({ problems }: FieldReader, written: TextInFile): Query | null {
  const { text } = written
  try {
    const refused = refusedIn(parse(text), text)
    if (refused === null) return parseQuery(text, oneUs)
    problems.addAt(placeOfOffset(written, refused.at), refused.message, refused.hint)
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    const { message, hint, suggestion, pointer } = error
    const mended = suggestion === undefined ? '' : ` Mended: ${suggestion}`
    problems.addAt(placeOfOffset(written, pointer?.start ?? 0), message, `${hint}${mended}`)
  }
  return null
}

interface Refused {
  readonly at: number
  readonly message: string
  readonly hint: string
}

/** What a query may ask and a rule may not: what findings say, and times that depend on when it is asked. */
function refusedIn(syntax: Syntax, text: string): Refused | null {
  switch (syntax.kind) {
    case 'and':
    case 'or':
      return syntax.parts.map((part) => refusedIn(part, text)).find((refused) => refused !== null) ?? null
    case 'not':
      return refusedIn(syntax.part, text)
    case 'text':
      return null
    case 'qualifier':
      return refusedTerm(syntax.key.text, syntax, text)
    default:
      return syntax satisfies never
  }
}

const findingKeys: ReadonlySet<string> = new Set(['rule', 'vio', 'severity', 'control'])

function refusedTerm(written: string, { start, end }: Span, text: string): Refused | null {
  const key = qualifierOf(written)?.key ?? ''
  const message = `could not use "${text.slice(start, end).slice(0, 100)}" in a rule`
  if (findingKeys.has(key))
    return { at: start, message: `${message}: it asks what rules found`, hint: 'A rule judges events alone.' }
  if (key === 'seen')
    return {
      at: start,
      message: `${message}: when an event was taken in says nothing about it`,
      hint: 'The time of the request is `created:`.',
    }
  return isRelative(text.slice(start, end))
    ? { at: start, message: `${message}: it is relative to when it is asked`, hint: 'Write a time such as 2026-11-01.' }
    : null
}

/** Whether it means something else at another time. What cannot be read is told by whoever reads the whole. */
function isRelative(term: string): boolean {
  try {
    return queryText(parseQuery(term, oneUs)) !== queryText(parseQuery(term, otherUs))
  } catch (error) {
    if (error instanceof QueryError) return false
    throw error
  }
}

function readWhere(
  reader: FieldReader,
  value: Located | undefined,
  { what, on }: Pick<WrittenStep, 'what' | 'on'>,
): Where | null {
  const written = reader.written(value, `${what}.where`, textLengthMax)
  if (written === null) return null
  const compiled = compileCel(written.text, { variables: variablesOf(on) })
  if (!compiled.ok) {
    for (const { message, line, column, hint } of compiled.errors)
      reader.problems.addAt(placeOfPlace(written, { line, column }), `${what}.where: ${message}`, hint ?? null)
    return null
  }
  const { gives } = compiled.program
  if (gives === 'bool' || gives === 'dyn') return written
  reader.problems.addAt(written, `${what}.where must give true or false, and gives ${gives}`, 'Compare it: … == 0')
  return null
}
