// readDocuments: a YAML file as its documents, each with the place of everything in it. JSON is YAML.
import { Composer, CST, isAlias, isMap, isScalar, isSeq, Lexer, Parser, Scalar, type Document } from 'yaml'
import { kindWords, type Located, type LocatedEntry } from './located.ts'
import type { Problems } from './rule-error.ts'
import type { WrittenScalar } from './scalar-offsets.ts'

/** Documents of one file. */
const documentsMax = 1000
/** Maps and lists within each other. */
const depthMax = 64
/** Values of one document, those that an alias repeats counted each time: what a few lines of aliases can make of it. */
const valuesMax = 100_000
/** Words, signs, spaces and line ends of one file, as the library takes it apart: it takes 10 µs over each. */
const lexemesMax = 300_000
/** Errors of one document's syntax: those that follow are mostly of the first one's making. */
const syntaxErrorsMax = 5

export interface YamlDocument {
  readonly root: Located
  /** Where its text begins and ends in the file, without the `---` between two. */
  readonly start: number
  readonly end: number
}

/** Documents that cannot be read are told and left out; the others are not touched by them. */
export function readDocuments(text: string, problems: Problems): readonly YamlDocument[] {
  const found: YamlDocument[] = []
  // Keys that stand twice are found below: the library compares each with each.
  const composer = new Composer({ uniqueKeys: false, version: '1.2', logLevel: 'silent' })
  let documents = 0
  const take = (composed: Iterable<Document.Parsed>): void => {
    for (const document of composed) {
      const root = rootOf(document, problems)
      const [start, , end] = document.range
      if (root !== null) found.push({ root, start, end })
    }
  }
  for (const token of tokensOf(text, problems)) {
    if (token.type === 'document') documents += 1
    if (documents > documentsMax) {
      problems.add(token.offset, `could not read on: the file has more than ${documentsMax} documents`, 'Split it.')
      break
    }
    const tooDeep = token.type === 'document' ? depthPast(token) : null
    if (tooDeep === null) take(composer.next(token))
    else problems.add(tooDeep, `could not read this document: it is nested more than ${depthMax} deep`)
  }
  take(composer.end())
  return found
}

function* tokensOf(text: string, problems: Problems): Generator<CST.Token> {
  const parser = new Parser()
  let lexemes = 0
  let at = 0
  for (const lexeme of new Lexer().lex(text)) {
    lexemes += 1
    if (lexemes > lexemesMax) {
      problems.add(at, `could not read on: the file has more than ${lexemesMax} words and signs`, 'Split it.')
      return
    }
    yield* parser.next(lexeme)
    if (!lexerMarks.has(lexeme)) at += lexeme.length
  }
  yield* parser.end()
}

/** With these the lexer tells what follows; the text has none of them. */
const lexerMarks: ReadonlySet<string> = new Set([CST.DOCUMENT, CST.FLOW_END, CST.SCALAR])

/** Where a document is nested too deep; null where it is not. The library would go down level by level and overflow. */
function depthPast(document: CST.Document): number | null {
  const waiting: { readonly token: CST.Token; readonly depth: number }[] = [{ token: document, depth: 0 }]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { token, depth } = next
    if (depth > depthMax) return token.offset
    if (token.type === 'document') {
      if (token.value !== undefined) waiting.push({ token: token.value, depth: 1 })
    } else if (CST.isCollection(token)) {
      for (const { key, value } of token.items) {
        if (key !== null && key !== undefined) waiting.push({ token: key, depth: depth + 1 })
        if (value !== undefined) waiting.push({ token: value, depth: depth + 1 })
      }
    }
  }
  return null
}

/** Null where it says nothing, or cannot be read and is told. */
function rootOf(document: Document.Parsed, problems: Problems): Located | null {
  const wrong = [...document.errors, ...document.warnings].slice(0, syntaxErrorsMax)
  for (const { pos, message } of wrong) problems.add(pos[0], `could not read the YAML: ${message.split('\n')[0]}`)
  if (wrong.length > 0 || document.contents === null) return null
  const before = problems.count
  const located = locate(document.contents, { problems, anchors: new Map(), values: 0 }, 0)
  const isNothing = located.kind === 'scalar' && located.value === null
  return problems.count > before || isNothing ? null : located
}

interface Locating {
  readonly problems: Problems
  /** What is whole already: an alias to what it stands in finds nothing. */
  readonly anchors: Map<string, Located>
  values: number
}

const nothing = (from: number): Located => ({ kind: 'scalar', value: null, from, size: 1, height: 0 })

/** Goes on with nothing in the place of what is wrong, which is told. */
function locate(node: unknown, locating: Locating, depth: number): Located {
  if (isAlias(node)) return resolved(node.source, node.range?.[0] ?? 0, locating, depth)
  const from = isScalar(node) || isMap(node) || isSeq(node) ? (node.range?.[0] ?? 0) : 0
  if (!counted(locating, 1, from)) return nothing(from)
  if (isScalar(node)) return anchored(node.anchor, located(node, from, locating), locating)
  if (isSeq(node)) {
    const items = node.items.map((item) => locate(item, locating, depth + 1))
    return anchored(node.anchor, { kind: 'list', items, from, ...extent(items) }, locating)
  }
  if (!isMap(node)) return nothing(from)
  const entries = new Map<string, LocatedEntry>()
  for (const { key, value } of node.items) {
    const entry = { from: fromOf(key) ?? from, value: locate(value, locating, depth + 1) }
    const name = nameOf(key, entry.from, locating)
    if (name === null) continue
    if (entries.has(name))
      locating.problems.add(entry.from, `"${name}" stands twice here`, 'Leave one of them out: only one could count.')
    entries.set(name, entry)
  }
  const inside = [...entries.values()].map(({ value }) => value)
  return anchored(node.anchor, { kind: 'map', entries, from, ...extent(inside) }, locating)
}

/** False, and told once, where there are too many values. */
function counted(locating: Locating, count: number, from: number): boolean {
  const before = locating.values
  locating.values += count
  if (locating.values <= valuesMax) return true
  if (before <= valuesMax)
    locating.problems.add(from, `could not read this document: it has more than ${valuesMax} values, aliases resolved`)
  return false
}

function resolved(anchor: string, from: number, locating: Locating, depth: number): Located {
  const target = locating.anchors.get(anchor)
  if (target === undefined) {
    locating.problems.add(from, `"*${anchor}" repeats what is not there, or what it stands in`)
    return nothing(from)
  }
  if (depth + target.height > depthMax) {
    locating.problems.add(from, `could not read this document: it is nested more than ${depthMax} deep`)
    return nothing(from)
  }
  return counted(locating, target.size, from) ? target : nothing(from)
}

function anchored(anchor: string | undefined, value: Located, { anchors }: Locating): Located {
  if (anchor !== undefined) anchors.set(anchor, value)
  return value
}

const extent = (inside: readonly Located[]): { readonly size: number; readonly height: number } => ({
  size: 1 + inside.reduce((sum, { size }) => sum + size, 0),
  height: 1 + inside.reduce((most, { height }) => Math.max(most, height), 0),
})

function located(node: Scalar, from: number, { problems }: Locating): Located {
  const { value } = node
  if (typeof value === 'string') return { kind: 'text', text: value, style: styleOf(node), from, size: 1, height: 0 }
  const isJson = value === null || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))
  if (isJson) return { kind: 'scalar', value, from, size: 1, height: 0 }
  problems.add(from, `could not read "${node.source ?? ''}": it is no value of JSON`, 'In quotes it is a text.')
  return nothing(from)
}

function styleOf({ type }: Scalar): WrittenScalar['style'] {
  if (type === Scalar.QUOTE_SINGLE) return 'single'
  if (type === Scalar.QUOTE_DOUBLE) return 'double'
  return type === Scalar.BLOCK_LITERAL || type === Scalar.BLOCK_FOLDED ? 'block' : 'plain'
}

function nameOf(key: unknown, from: number, locating: Locating): string | null {
  if (locating.values > valuesMax) return null
  const found = isAlias(key) ? resolved(key.source, from, locating, 0) : isScalar(key) ? locate(key, locating, 0) : null
  if (found?.kind === 'text') return found.text
  // `1: a` and `true: a` are names in JSON, too.
  if (found?.kind === 'scalar' && found.value !== null) return String(found.value)
  if (locating.values > valuesMax) return null
  locating.problems.add(from, `a name is a text, not ${found === null ? 'a list or a map' : kindWords(found)}`)
  return null
}

const fromOf = (key: unknown): number | undefined =>
  isAlias(key) || isScalar(key) || isMap(key) || isSeq(key) ? key.range?.[0] : undefined
