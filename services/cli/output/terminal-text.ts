// terminalText: text from outside, made safe to print, and how wide it stands on a terminal.

/**
 * Control characters (C0, DEL, C1), format characters (bidirectional overrides, zero width), lone surrogates and line
 * separators: what could move the cursor, colour or hide text, or make it read in another order.
 */
const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

/** Every unsafe character in a form that can be seen: `\x1b`, `\u202e`, `\n`. */
export function terminalText(text: string): string {
  return text.replaceAll(unsafe, (character) => {
    if (character === '\n') return String.raw`\n`
    if (character === '\t') return String.raw`\t`
    if (character === '\r') return String.raw`\r`
    const code = character.codePointAt(0) ?? 0
    if (code < 0x100) return String.raw`\x${hex(code, 2)}`
    return code < 0x10000 ? String.raw`\u${hex(code, 4)}` : String.raw`\u{${hex(code, 5)}}`
  })
}

/** JSON whose strings hold unsafe characters, with those written as escapes: the same value, safe to print. */
export function terminalJson(json: string): string {
  return json.replaceAll(unsafe, (character) => {
    if (character === '\n' || character === '\r' || character === '\t') return character
    return Array.from(
      { length: character.length },
      (_, index) => String.raw`\u${hex(character.charCodeAt(index), 4)}`,
    ).join('')
  })
}

/** Columns that a text without control characters takes: two for wide ones (UAX #11 W and F, emoji), none for marks. */
export function displayWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  let width = 0
  for (const character of text) width += characterWidth(character)
  return width
}

/** The text in at most `width` columns, its end replaced by `…` where it is longer. */
export function truncated(text: string, width: number): string {
  if (displayWidth(text) <= width) return text
  let kept = ''
  let keptWidth = 0
  for (const character of text) {
    const next = keptWidth + characterWidth(character)
    if (next > width - 1) break
    kept += character
    keptWidth = next
  }
  return `${kept}…`
}

/** First and last code points of the wide blocks of East Asian scripts; emoji are found by their property. */
const wideRanges: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x20000, 0x3fffd],
]

function characterWidth(character: string): number {
  const code = character.codePointAt(0) ?? 0
  if (code < 0x300) return 1
  if (/[\p{Mn}\p{Me}\p{Cf}]/u.test(character)) return 0
  if (/\p{Emoji_Presentation}/u.test(character)) return 2
  return wideRanges.some(([first, last]) => code >= first && code <= last) ? 2 : 1
}

const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, '0')
