// sigmaExpression: a test of a Sigma rule as an expression that is never an error, whatever the event holds.

import { sigmaSource, type SigmaSource } from './fields.ts'
import { keywordExpression } from './keywords.ts'
import { literalOf, type SigmaNode, type SigmaTest, type SigmaValue } from './node.ts'
import { SigmaProblem } from './note.ts'
import { PathWalk } from './path.ts'
import { comparedTexts, equalTexts, isAny, patternsOf, quoted, small } from './patterns.ts'

/** Throws SigmaProblem for what cannot be said. */
export function sigmaExpression(node: SigmaNode): string {
  return within(node, 0)
}

/** `binding`: 0 where any operator may stand, 1 within `&&` and `||`, 2 behind `!`. */
function within(node: SigmaNode, binding: 0 | 1 | 2): string {
  switch (node.kind) {
    case 'and':
    case 'or': {
      const text = node.parts.map((part) => within(part, 1)).join(node.kind === 'and' ? ' && ' : ' || ')
      return binding === 0 ? text : `(${text})`
    }
    case 'not':
      return `!${within(node.part, 2)}`
    case 'test': {
      const { text, isAlone } = ofTest(node)
      return binding === 0 || (isAlone && binding === 1) || isWhole(text) ? text : `(${text})`
    }
    default:
      return node satisfies never
  }
}

/** One call: no operator stands outside of its parentheses. */
function isWhole(text: string): boolean {
  let outside = text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '')
  for (let before = ''; before !== outside;) {
    before = outside
    outside = outside.replaceAll(/\([^()]*\)|\[[^[\]]*\]/g, '')
  }
  return !outside.includes(' ') && !outside.startsWith('!')
}

interface Code {
  readonly text: string
  /** It is one comparison or one call, with no `&&` or `||` around. */
  readonly isAlone: boolean
}

function ofTest(test: SigmaTest): Code {
  if (test.field === null) return { text: keywordExpression(test), isAlone: false }
  const source = sigmaSource(test.field)
  if (source === null)
    throw new SigmaProblem(`"${test.field.slice(0, 100)}" is no field of an audit event, or is not kept`, test.at)
  const parts = ofSource(source, test)
  return { text: parts.length === 1 ? (parts[0] ?? 'false') : parts.join(' || '), isAlone: isOne(parts) }
}

const isOne = (parts: readonly string[]): boolean => parts.length === 1 && !/ (?:&&|\|\||\?) /.test(parts[0] ?? '')

/** Of which one must hold. */
function ofSource(source: SigmaSource, test: SigmaTest): readonly string[] {
  switch (source.kind) {
    case 'text':
      return ofText(source.code, source.isSmall ? { ...test, values: test.values.map(inSmallLetters) } : test)
    case 'number':
      return ofNumber(source.code, test)
    case 'texts':
      return ofTexts(source.code, test)
    case 'time':
      return ofTime(source.code, test)
    case 'json':
      return [ofPath(source, test)]
    default:
      return source satisfies never
  }
}

/** Of a field without capitals a text in small letters is the same in every case. */
function inSmallLetters(value: SigmaValue): SigmaValue {
  if (value.kind !== 'text' || value.isCased) return value
  const pieces = value.pieces.map((piece) => (typeof piece === 'object' ? { text: small(piece.text) } : piece))
  return { ...value, pieces, isCased: true }
}

const isNothing = ({ kind }: SigmaValue): boolean => kind === 'none'

/** `v` is a text. */
function ofText(v: string, { values, at }: SigmaTest): readonly string[] {
  const equal = equalTexts(values)
  return [
    ...comparedTexts(v, equal),
    ...patternsOf(v, values),
    ...values.flatMap((value) => {
      switch (value.kind) {
        case 'none':
          return [`${v} == ""`]
        case 'exists':
          return [`${v} != ""`]
        case 'network':
          return [inNetwork(v, value.network)]
        case 'field':
          return [comparedFields(v, value, at)]
        case 'compare':
        case 'time':
          throw new SigmaProblem('this field is a text, and no number or time', at)
        case 'text':
        case 'number':
        case 'bool':
        case 'regex':
          return []
        default:
          return value satisfies never
      }
    }),
  ]
}

const inNetwork = (v: string, network: string): string => `isIP(${v}) && cidr(${quoted(network)}).containsIP(${v})`

function comparedFields(
  v: string,
  { other, how }: Extract<SigmaValue, { readonly kind: 'field' }>,
  at: number,
): string {
  const source = sigmaSource(other)
  if (source?.kind !== 'text')
    throw new SigmaProblem(`could not compare with the field "${other.slice(0, 60)}": it is no text of an event`, at)
  const [one, two] = [`${v}.lowerAscii()`, `${source.code}.lowerAscii()`]
  // What is not there is like nothing.
  const isThere = `${v} != "" && ${source.code} != ""`
  return `${isThere} && ${how === 'is' ? `${one} == ${two}` : `${one}.${how}(${two})`}`
}

/** `v` is a number, or null. */
function ofNumber(v: string, { values, at }: SigmaTest): readonly string[] {
  const numbers = [...new Set(values.flatMap(numbersOf))]
  const equal =
    numbers.length === 1 ? [`${v} == ${numbers[0]}`] : numbers.length > 1 ? [`${v} in [${numbers.join(', ')}]`] : []
  const others = values.flatMap((value) => {
    switch (value.kind) {
      case 'none':
        return [`${v} == null`]
      case 'exists':
        return [`${v} != null`]
      case 'compare':
        return [`${v} != null && ${v} ${value.operator} ${value.than}`]
      case 'regex':
        return [`${v} != null && string(${v}).matches(${quoted(value.pattern)})`]
      case 'text':
        return patternsOf(`string(${v})`, [value]).map((test) =>
          isAny(value.pieces) ? `${v} != null` : `${v} != null && ${test}`,
        )
      case 'number':
      case 'bool':
        return []
      case 'network':
      case 'field':
      case 'time':
        throw new SigmaProblem('this field is a number', at)
      default:
        return value satisfies never
    }
  })
  const all = [...equal, ...others]
  return all.length === 0 ? ['false'] : all
}

function numbersOf(value: SigmaValue): readonly number[] {
  if (value.kind === 'number') return [value.value]
  const text = value.kind === 'text' ? literalOf(value.pieces) : null
  return text !== null && /^\d{1,9}$/.test(text) ? [Number(text)] : []
}

/** One of the list. */
function ofTexts(code: string, test: SigmaTest): readonly string[] {
  const empty = test.values.some(isNothing) ? [`${code}.size() == 0`] : []
  const rest = test.values.filter((value) => !isNothing(value))
  if (rest.length === 0) return empty
  if (rest.length === 1 && (rest[0]?.kind === 'exists' || (rest[0]?.kind === 'text' && isAny(rest[0].pieces))))
    return [...empty, `${code}.size() > 0`]
  const inside = ofText('x', { ...test, values: rest })
  const [only = ''] = inside
  // A list holds what it holds: no one of many has to be named.
  const isExact = inside.length === 1 && only.startsWith('x == "')
  return [...empty, isExact ? `${only.slice(5)} in ${code}` : `${code}.exists(x, ${inside.join(' || ')})`]
}

const getters = {
  minute: 'getMinutes()',
  hour: 'getHours()',
  day: 'getDate()',
  month: 'getMonth()',
  year: 'getFullYear()',
} as const

/** `v` is a time, or null. */
function ofTime(v: string, { values, at }: SigmaTest): readonly string[] {
  return values.map((value) => {
    if (value.kind === 'none') return `${v} == null`
    if (value.kind === 'exists' || (value.kind === 'text' && isAny(value.pieces))) return `${v} != null`
    if (value.kind !== 'time')
      throw new SigmaProblem('a time here has minute, hour, day, month and year, and is no text', at)
    // The language counts months from 0.
    return `${v} != null && ${v}.${getters[value.part]} == ${value.part === 'month' ? value.value - 1 : value.value}`
  })
}

type JsonSource = Extract<SigmaSource, { readonly kind: 'json' }>

/** Nothing is what is not there, null, or empty. */
function ofPath({ root, rootKind, path }: JsonSource, test: SigmaTest): string {
  const code = (leaf: (v: string) => string): string => {
    const walk = new PathWalk(path, leaf)
    if (rootKind === 'list') return walk.maps(root)
    return rootKind === 'map' ? walk.from(root, 0) : walk.guarded(root, 0)
  }
  const values = test.values.filter((value) => !isNothing(value))
  const isOneOf = (): string => code((v) => ofAny(v, { ...test, values }).join(' || '))
  if (values.length === test.values.length) return isOneOf()
  const isNone = `!(${code((v) => `${v} != null && ${v} != ""`)})`
  return values.length === 0 ? isNone : `${isNone} || ${isOneOf()}`
}

/** `v` may be anything. */
function ofAny(v: string, { values, at }: SigmaTest): readonly string[] {
  const texts = [...comparedTexts(v, equalTexts(values)), ...patternsOf(v, values.filter(isNoGap))]
  const asText =
    texts.length === 0 ? [] : [`type(${v}) == string && ${texts.length === 1 ? texts[0] : `(${texts.join(' || ')})`}`]
  const numbers = [...new Set(values.flatMap(numbersOf))]
  const words = values.flatMap(wordsOf)
  const others = values.flatMap((value) => {
    switch (value.kind) {
      case 'exists':
        return [`${v} != null`]
      case 'text':
        return isAny(value.pieces) ? [`${v} != null`] : []
      case 'compare':
        return [`(type(${v}) == int || type(${v}) == double) && ${v} ${value.operator} ${value.than}`]
      case 'network':
        return [`type(${v}) == string && ${inNetwork(v, value.network)}`]
      case 'field':
        return [`type(${v}) == string && ${comparedFields(v, value, at)}`]
      case 'time':
        throw new SigmaProblem('this field is no time of the event', at)
      case 'none':
      case 'number':
      case 'bool':
      case 'regex':
        return []
      default:
        return value satisfies never
    }
  })
  return [
    ...numbers.map((number) => `${v} == ${number}`),
    ...words.map((word) => `${v} == ${word}`),
    ...asText,
    ...others,
  ]
}

const isNoGap = (value: SigmaValue): boolean => value.kind !== 'text' || !isAny(value.pieces)

function wordsOf(value: SigmaValue): readonly boolean[] {
  if (value.kind === 'bool') return [value.value]
  const text = value.kind === 'text' ? small(literalOf(value.pieces) ?? '') : ''
  return text === 'true' || text === 'false' ? [text === 'true'] : []
}
