// String and bytes literals: quotes, raw and triple ones, escapes.

import { CelProblem } from './cel-problem.ts'

const simple: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '?': '?',
  '"': '"',
  "'": "'",
  '`': '`',
}
const numeric = /\\(?:x([0-9a-fA-F]{2})|X([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2}))/y

/**
 * The literal that begins at `from` with `opening` (prefix and quotes), and where it ends.
 * @throws CelProblem where it does not end or an escape is wrong
 */
export function readString(
  source: string,
  from: number,
  opening: string,
): { readonly value: string | Uint8Array; readonly to: number } {
  const quote = opening.replace(/^[a-zA-Z]*/, '')
  const isRaw = /[rR]/.test(opening)
  const isBytes = /[bB]/.test(opening)
  const parts: (string | number)[] = []
  let at = from + opening.length
  while (!source.startsWith(quote, at)) {
    const character = source[at]
    if (character === undefined || (quote.length === 1 && (character === '\n' || character === '\r'))) {
      throw new CelProblem('a string does not end', from, `close it with ${quote}`)
    }
    if (character === '\\' && !isRaw) {
      const escape = readEscape(source, at, isBytes)
      parts.push(escape.part)
      at = escape.to
    } else {
      // In a raw string a backslash is itself, and what follows it never ends the string.
      const length = character === '\\' && source[at + 1] !== undefined && source[at + 1] !== quote[0] ? 2 : 1
      parts.push(source.slice(at, at + length))
      at += length
    }
  }
  const to = at + quote.length
  return { value: isBytes ? bytesOf(parts) : parts.join(''), to }
}

/** One escape: a text, or in bytes a number from 0 to 255. */
function readEscape(
  source: string,
  at: number,
  isBytes: boolean,
): { readonly part: string | number; readonly to: number } {
  const character = source[at + 1] ?? ''
  if (Object.hasOwn(simple, character)) return { part: simple[character] ?? '', to: at + 2 }
  numeric.lastIndex = at
  const match = numeric.exec(source)
  if (match === null) {
    throw new CelProblem(`"\\${character}" is no escape`, at, 'write \\\\ for a backslash, or r"…" for a raw string')
  }
  const [whole, x, bigX, u, bigU, octal] = match
  const code = octal === undefined ? Number.parseInt(x ?? bigX ?? u ?? bigU ?? '', 16) : Number.parseInt(octal, 8)
  const isUnicode = u !== undefined || bigU !== undefined
  if (isUnicode && (isBytes || code > 0x10_ffff || (code >= 0xd800 && code <= 0xdfff))) {
    throw new CelProblem(`"${whole}" is no character`, at)
  }
  return { part: isBytes ? code : String.fromCodePoint(code), to: at + whole.length }
}

function bytesOf(parts: readonly (string | number)[]): Uint8Array {
  // Texts are joined first: a character may be two of its UTF-16 units.
  const out: number[] = []
  let text = ''
  const flush = (): void => {
    for (const byte of new TextEncoder().encode(text)) out.push(byte)
    text = ''
  }
  for (const part of parts) {
    if (typeof part === 'string') text += part
    else {
      flush()
      out.push(part)
    }
  }
  flush()
  return Uint8Array.from(out)
}
