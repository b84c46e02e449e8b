// caretLines: a text with carets under the part of it that is at fault.
import { displayWidth, terminalText } from './terminal-text.ts'

/** So much of a long text is shown on either side of the fault. */
const aroundMax = 60

/** Two lines; `start` and `end` count UTF-16 code units, and may lie past the end of the text. */
export function caretLines(text: string, { start, end }: { readonly start: number; readonly end: number }): string[] {
  const from = Math.min(start, text.length)
  const to = Math.min(Math.max(end, from), text.length)
  const cutFrom = from > aroundMax ? from - aroundMax : 0
  const cutTo = text.length - to > aroundMax ? to + aroundMax : text.length
  const before = `${cutFrom > 0 ? '…' : ''}${terminalText(text.slice(cutFrom, from))}`
  const fault = terminalText(text.slice(from, Math.min(to, from + 2 * aroundMax)))
  const after = `${terminalText(text.slice(to, cutTo))}${cutTo < text.length ? '…' : ''}`
  return [before + fault + after, ' '.repeat(displayWidth(before)) + '^'.repeat(Math.max(1, displayWidth(fault)))]
}
