// patternsOf: what a text must be like, as parts of an expression of which one must hold.

import { literalOf, type SigmaPiece, type SigmaValue } from './node.ts'

export const quoted = (text: string): string => JSON.stringify(text)

/** Letters A to Z alone, as in queries. */
export const small = (text: string): string => text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())

export const isAny = (pieces: readonly SigmaPiece[]): boolean => pieces.length === 1 && pieces[0] === 'any'

interface EqualTexts {
  readonly small: readonly string[]
  readonly cased: readonly string[]
}

/** Numbers and words that a text may be written with. */
export function equalTexts(values: readonly SigmaValue[]): EqualTexts {
  const texts = values.flatMap((value) => {
    if (value.kind === 'number' || value.kind === 'bool') return [{ text: String(value.value), isCased: false }]
    const text = value.kind === 'text' ? literalOf(value.pieces) : null
    return text === null || value.kind !== 'text' ? [] : [{ text, isCased: value.isCased }]
  })
  return {
    small: [...new Set(texts.filter(({ isCased }) => !isCased).map(({ text }) => small(text)))],
    cased: [...new Set(texts.filter(({ isCased }) => isCased).map(({ text }) => text))],
  }
}

export function comparedTexts(v: string, texts: EqualTexts): readonly string[] {
  const one = (of: string, list: readonly string[]): readonly string[] => {
    if (list.length === 0) return []
    return [list.length === 1 ? `${of} == ${quoted(list[0] ?? '')}` : `${of} in [${list.map(quoted).join(', ')}]`]
  }
  const hasLetters = texts.small.some((text) => /[a-z]/.test(text))
  return [...one(hasLetters ? `${v}.lowerAscii()` : v, texts.small), ...one(v, texts.cased)]
}

/** Texts with gaps, and regular expressions. */
export function patternsOf(v: string, values: readonly SigmaValue[]): readonly string[] {
  const written = values.flatMap((value) => {
    if (value.kind === 'regex') return [{ of: v, call: 'matches', argument: value.pattern }]
    if (value.kind !== 'text' || literalOf(value.pieces) !== null) return []
    return [callOf(v, value.pieces, value.isCased)]
  })
  const groups = Map.groupBy(written, ({ of, call }) => `${of}.${call}`)
  return [...groups.values()].map((group) => {
    const [{ of, call, argument } = { of: v, call: '', argument: '' }] = group
    if (call === '') return `${v} != ""`
    if (group.length === 1) return `${of}.${call}(${quoted(argument)})`
    const list = [...new Set(group.map((one) => quoted(one.argument)))].join(', ')
    // A pattern that is written out is compiled once.
    if (call === 'matches') return group.map((one) => `${of}.matches(${quoted(one.argument)})`).join(' || ')
    return `[${list}].exists(w, ${of}.${call}(w))`
  })
}

/** `call` is empty for any text. */
function callOf(
  v: string,
  pieces: readonly SigmaPiece[],
  isCased: boolean,
): { readonly of: string; readonly call: string; readonly argument: string } {
  const shape = pieces.map((piece) => (typeof piece === 'object' ? 't' : piece === 'any' ? '*' : '?')).join('')
  const text = pieces.find((piece) => typeof piece === 'object')?.text ?? ''
  const of = !isCased && /[a-z]/i.test(text) ? `${v}.lowerAscii()` : v
  const argument = isCased ? text : small(text)
  switch (shape) {
    case '*':
      return { of: v, call: '', argument: '' }
    case '*t*':
      return { of, call: 'contains', argument }
    case 't*':
      return { of, call: 'startsWith', argument }
    case '*t':
      return { of, call: 'endsWith', argument }
    default:
      return { of: v, call: 'matches', argument: patternOf(pieces, isCased) }
  }
}

/** RE2's, over all lines. */
function patternOf(pieces: readonly SigmaPiece[], isCased: boolean): string {
  const body = pieces.map((piece) => {
    if (typeof piece === 'string') return piece === 'any' ? '.*' : '.'
    return [...piece.text].map((sign) => (isCased ? escaped(sign) : bothCases(sign))).join('')
  })
  return `(?s)^${body.join('')}$`
}

const escaped = (sign: string): string => (/[\\^$.|?*+()[\]{}]/.test(sign) ? `\\${sign}` : sign)
/** A pattern's own way would take more letters than A to Z for the same. */
const bothCases = (sign: string): string =>
  /[A-Za-z]/.test(sign) ? `[${sign.toUpperCase()}${sign.toLowerCase()}]` : escaped(sign)
