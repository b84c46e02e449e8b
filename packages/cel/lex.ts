// The words of an expression.

import { CelProblem } from './cel-problem.ts'
import { textLengthMax } from './bounds.ts'
import { readString } from './read-string.ts'
import { doubleOf, Failure, intOf, uintOf, type Value } from './value.ts'

export interface Token {
  readonly type: 'literal' | 'number' | 'word' | 'quoted' | 'sign' | 'end'
  readonly text: string
  readonly value: Value
  readonly from: number
  readonly to: number
}

const blank = /(?:[ \t\r\n\f]|\/\/[^\n]*)+/y
const number = /(?:0x[0-9a-fA-F]+[uU]?|(?:\d+\.\d+|\.\d+)(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\d+[uU]?)/y
const word = /[_a-zA-Z][_a-zA-Z0-9]*/y
const quoted = /`[a-zA-Z0-9_.\-/ ]+`/y
const text = /(?:[rR][bB]?|[bB][rR]?)?(?:'''|"""|'|")/y
const sign = /&&|\|\||==|!=|<=|>=|[-+*/%<>!?:.,()[\]{}]/y

/**
 * All tokens of a text, the last of type `end`.
 * @throws CelProblem at what is no word of the language
 */
export function lex(source: string): readonly Token[] {
  if (source.length > textLengthMax) {
    throw new CelProblem(`the expression is longer than ${textLengthMax} characters`, textLengthMax)
  }
  const tokens: Token[] = []
  let at = 0
  const taken = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    return pattern.exec(source)?.[0]
  }
  for (;;) {
    at += taken(blank)?.length ?? 0
    if (at >= source.length) break
    const opening = taken(text)
    if (opening !== undefined) {
      const { value, to } = readString(source, at, opening)
      tokens.push({ type: 'literal', text: '', value, from: at, to })
      at = to
      continue
    }
    const found = nextOf(taken)
    if (found === undefined) throw unreadable(source, at)
    const to = at + found.text.length
    // A number is read where its sign is known: the least int has no positive twin.
    tokens.push({ ...found, value: null, from: at, to })
    at = to
  }
  tokens.push({ type: 'end', text: '', value: null, from: source.length, to: source.length })
  return tokens
}

function nextOf(
  taken: (pattern: RegExp) => string | undefined,
): { readonly type: Token['type']; readonly text: string } | undefined {
  for (const [type, pattern] of [
    ['number', number],
    ['word', word],
    ['quoted', quoted],
    ['sign', sign],
  ] as const) {
    const found = taken(pattern)
    if (found !== undefined) return { type, text: found }
  }
  return undefined
}

function unreadable(source: string, at: number): CelProblem {
  const character = String.fromCodePoint(source.codePointAt(at) ?? 0)
  const hints: Readonly<Record<string, string>> = {
    '=': 'to compare, write ==',
    '&': 'write &&',
    '|': 'write ||',
    '“': 'write a straight quote',
    '‘': 'write a straight quote',
  }
  return new CelProblem(`"${character}" means nothing here`, at, hints[character])
}

/**
 * The number that a token writes, with the minus before it.
 * @throws CelProblem beyond 64 bits
 */
export function numberIn(token: Token, isNegative: boolean): Value {
  const minus = isNegative ? -1n : 1n
  const { text } = token
  const isHex = text.startsWith('0x')
  if (!isHex && /[.eE]/.test(text)) return doubleOf((isNegative ? -1 : 1) * Number(text))
  const isUint = /[uU]$/.test(text)
  const value = minus * BigInt(isUint ? text.slice(0, -1) : text)
  const read = isUint ? uintOf(value) : intOf(value)
  if (read instanceof Failure) throw new CelProblem(read.says, token.from, 'write it as a double: 1e19')
  return read
}
