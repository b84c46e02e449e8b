// FieldPath: where in an object a value is, with the items of a list by what Kubernetes knows them by.

import { usualKeys } from './usual-keys.ts'

/** From the root of an object to a value; the root itself is `[]`. */
export type FieldPath = readonly PathSegment[]

export type PathSegment =
  /** The value of a key of an object. */
  | { readonly kind: 'field'; readonly name: string }
  /** The item of a list that has these values under its merge keys: at least one, in the order of the keys. */
  | { readonly kind: 'item'; readonly keys: readonly ItemKey[] }
  /** The item of a list without merge keys, from 0. */
  | { readonly kind: 'index'; readonly index: number }
  /** The item of a set of texts. */
  | { readonly kind: 'member'; readonly value: string }

export interface ItemKey {
  readonly name: string
  /** A finite number; 0 and -0 are one. */
  readonly value: string | number
}

/** What is no path: `text`, and what is wrong with it at `at`, in UTF-16 units from its beginning. */
export class FieldPathError extends Error {
  override readonly name = 'FieldPathError'
  readonly code = 'field_path'
  readonly at: number

  constructor(text: string, at: number, problem: string) {
    super(`could not read the field path ${JSON.stringify(text.slice(0, 200))}: ${problem} at character ${at + 1}`)
    this.at = at
  }
}

const plainName = /^[A-Za-z_$][\w$-]*$/
/** Written without quotes between brackets. No blank, quote, bracket, `=`, `,` or control character. */
const plainValue = /^[^\s"'[\]=,\p{C}]+$/u
const numberText = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i

/**
 * As people write it: `spec.template.spec.containers[api].image`, `metadata.annotations["kubernetes.io/x"]`,
 * `spec.ports[80/TCP]`, `spec.tolerations[0]`, `metadata.finalizers[=foregroundDeletion]`. An item whose keys are not
 * the usual ones of its list (usual-keys.ts), or whose values need quotes, names them: `[mountPath="/a b"]`. The root
 * is the empty text. `parseFieldPath` reads back the same path, whatever is in it.
 */
export function formatFieldPath(path: FieldPath): string {
  let text = ''
  for (const [index, segment] of path.entries()) text += textOfSegment(segment, path, index)
  return text
}

function textOfSegment(segment: PathSegment, path: FieldPath, index: number): string {
  switch (segment.kind) {
    case 'field':
      if (!plainName.test(segment.name)) return `[${JSON.stringify(segment.name)}]`
      return index === 0 ? segment.name : `.${segment.name}`
    case 'item':
      return `[${shortItem(segment.keys, usualKeys(path, index)) ?? segment.keys.map(textOfKey).join(',')}]`
    case 'index':
      return `[${segment.index}]`
    case 'member':
      return `[=${textOfValue(segment.value)}]`
    default:
      return segment satisfies never
  }
}

/** `api`, `80/TCP`; null where the values alone would be read as something else. */
function shortItem(keys: readonly ItemKey[], usual: readonly string[]): string | null {
  if (keys.length !== usual.length || keys.some(({ name }, index) => name !== usual[index])) return null
  const texts = keys.map(({ value }) => textOfValue(value))
  const [only] = texts
  if (texts.length === 1)
    return typeof keys[0]?.value === 'string' && only?.startsWith('"') === false ? (only ?? null) : null
  return texts.some((text) => text.startsWith('"') || text.includes('/')) ? null : texts.join('/')
}

const textOfKey = ({ name, value }: ItemKey): string =>
  `${plainName.test(name) ? name : JSON.stringify(name)}=${textOfValue(value)}`

function textOfValue(value: string | number): string {
  if (typeof value === 'number') return String(value)
  return plainValue.test(value) && !numberText.test(value) ? value : JSON.stringify(value)
}

/**
 * The path that a text says; the inverse of `formatFieldPath`. Throws a FieldPathError for anything else. One pass over
 * the text.
 */
export function parseFieldPath(text: string): FieldPath {
  const path: PathSegment[] = []
  let at = 0
  while (at < text.length) {
    if (text[at] === '[') {
      const tokens = readBracket(text, at)
      path.push(segmentOf(text, at, tokens, usualKeys(path, path.length)))
      at = tokens.end
      continue
    }
    if (path.length > 0 && text[at] !== '.') throw new FieldPathError(text, at, 'expected "." or "["')
    const start = path.length > 0 ? at + 1 : at
    const name = nameAt(text, start)
    if (name === '') throw new FieldPathError(text, start, 'expected the name of a field')
    path.push({ kind: 'field', name })
    at = start + name.length
  }
  return path
}

const nameSticky = /[A-Za-z_$][\w$-]*/y

function nameAt(text: string, at: number): string {
  nameSticky.lastIndex = at
  return nameSticky.exec(text)?.[0] ?? ''
}

interface Token {
  readonly text: string
  readonly isQuoted: boolean
}

interface Bracket {
  /** What stands between the separators; one more than there are separators. A missing text is an empty token. */
  readonly tokens: readonly Token[]
  /** `=` and `,` in their order. */
  readonly separators: string
  /** Behind the closing bracket. */
  readonly end: number
}

const quotedSticky = /"(?:[^"\\]|\\.)*"/y
const bareSticky = /[^\s"'[\]=,]*/y

function readBracket(text: string, open: number): Bracket {
  const tokens: Token[] = []
  let separators = ''
  let at = open + 1
  for (;;) {
    const { token, end } = readToken(text, at)
    tokens.push(token)
    const next = text[end]
    if (next === ']') return { tokens, separators, end: end + 1 }
    if (next !== '=' && next !== ',') throw new FieldPathError(text, end, 'expected "]"')
    separators += next
    at = end + 1
  }
}

function readToken(text: string, at: number): { readonly token: Token; readonly end: number } {
  const isQuoted = text[at] === '"'
  const sticky = isQuoted ? quotedSticky : bareSticky
  sticky.lastIndex = at
  const raw = sticky.exec(text)?.[0]
  if (raw === undefined) throw new FieldPathError(text, at, 'the quote is not closed')
  return { token: { text: isQuoted ? unquoted(text, at, raw) : raw, isQuoted }, end: at + raw.length }
}

function unquoted(text: string, at: number, raw: string): string {
  try {
    return String(JSON.parse(raw))
  } catch {
    throw new FieldPathError(text, at, 'the quoted text is not a JSON string')
  }
}

function segmentOf(text: string, at: number, { tokens, separators }: Bracket, usual: readonly string[]): PathSegment {
  const [first, second] = tokens
  if (first === undefined) throw new FieldPathError(text, at, 'nothing between the brackets')
  if (separators === '') return lonelySegment(text, at, first, usual)
  if (separators === '=' && first.text === '' && !first.isQuoted && second !== undefined) {
    if (second.text === '' && !second.isQuoted) throw new FieldPathError(text, at, 'expected a text behind "="')
    return { kind: 'member', value: second.text }
  }
  if (!/^=(?:,=)*$/.test(separators)) throw new FieldPathError(text, at, 'expected name=value')
  const keys: ItemKey[] = []
  for (let index = 0; index < tokens.length; index += 2) {
    const [name, value] = tokens.slice(index, index + 2)
    if (name === undefined || value === undefined || (value.text === '' && !value.isQuoted)) {
      throw new FieldPathError(text, at, 'expected name=value')
    }
    keys.push({ name: name.text, value: valueOf(value) })
  }
  return { kind: 'item', keys }
}

function lonelySegment(
  text: string,
  at: number,
  { text: inner, isQuoted }: Token,
  usual: readonly string[],
): PathSegment {
  if (isQuoted) return { kind: 'field', name: inner }
  if (inner === '') throw new FieldPathError(text, at, 'nothing between the brackets')
  if (/^\d+$/.test(inner)) {
    const index = Number(inner)
    if (!Number.isSafeInteger(index)) throw new FieldPathError(text, at, 'the index is too large')
    return { kind: 'index', index }
  }
  const values = usual.length === 1 ? [inner] : inner.split('/')
  if (values.length !== usual.length || values.includes('')) {
    throw new FieldPathError(text, at, `expected ${usual.join('/')}, or name=value`)
  }
  const keys = usual.map((name, index) => ({ name, value: valueOf({ text: values[index] ?? '', isQuoted: false }) }))
  return { kind: 'item', keys }
}

const valueOf = ({ text, isQuoted }: Token): string | number =>
  !isQuoted && numberText.test(text) ? Number(text) : text
