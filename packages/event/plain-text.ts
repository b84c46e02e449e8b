// Text that others chose, made safe to stand inside a sentence: nothing in it can hide, reorder or fake a part of it.

import { cutText } from './wire-object.ts'

/** A word of these alone needs no quotes: it cannot be taken for more than one word of the sentence. */
const bareWord = /^[\p{L}\p{N}\p{M}._:@/+=~#%*$!&?-]+$/u
/**
 * Control characters (ANSI escapes begin with one), line separators, everything that sets the direction of writing, and
 * characters without any width.
 */
export const unseen =
  /[\p{Cc}\p{Cs}\u{ad}\u{61c}\u{180e}\u{200b}-\u{200f}\u{2028}-\u{202e}\u{2060}-\u{206f}\u{feff}\u{fff9}-\u{fffb}\u{e0000}-\u{e007f}]/gu
const simpleWord = /^[\w.:@/-]*$/

/** `text` as one word: bare where it is one, else in double quotes. */
export function plainWord(text: string, charsMax: number): string {
  const shown = ellipsized(text, charsMax)
  if (simpleWord.test(shown)) return shown
  return bareWord.test(shown.replace(/…$/, '')) ? visible(shown) : quoted(shown)
}

/** `text` in double quotes, with a backslash before quotes and backslashes inside. */
export function quotedText(text: string, charsMax: number): string {
  return quoted(ellipsized(text, charsMax))
}

/** `text` as it is, on one line, with what cannot be seen written as `\u{…}`. */
export function plainText(text: string, charsMax: number): string {
  return visible(ellipsized(text.replaceAll(/\s+/g, ' '), charsMax))
}

export function ellipsized(text: string, charsMax: number): string {
  return text.length <= charsMax ? text : `${cutText(text, charsMax - 1)}…`
}

function quoted(text: string): string {
  return `"${visible(text.replaceAll(/["\\]/g, String.raw`\$&`))}"`
}

function visible(text: string): string {
  return text.replaceAll(unseen, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
}
