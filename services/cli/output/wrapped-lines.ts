// wrappedLines: prose as lines that fit, broken between words.
import { displayWidth } from './terminal-text.ts'

/** Of one paragraph that is safe to print; `columns` is null where nothing is broken. A longer word stands alone. */
export function wrappedLines(paragraph: string, columns: number | null): readonly string[] {
  if (columns === null) return [paragraph]
  const lines: string[] = []
  let line = ''
  for (const word of paragraph.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line !== '' && displayWidth(longer) > columns) {
      lines.push(line)
      line = word
    } else line = longer
  }
  return [...lines, line]
}
