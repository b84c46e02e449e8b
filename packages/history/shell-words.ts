// shellCommand: words as a command line that any POSIX shell takes for these words and nothing else.

/** Means itself in every shell, and is no option or assignment where it stands first. */
const plainWord = /^[A-Za-z0-9_/][\w@%+:,./=-]*$/
const option = /^--?[a-z][a-z-]*(?:=[\w@%+:,./-]*)?$/
/** Printable ASCII. Anything else may look like something else on a screen, or end the line. */
const printable = /^[ -~]*$/

/**
 * The words, quoted where they need to be; null where one of them cannot be shown for what it is: it holds a control
 * character, or a letter beyond ASCII.
 */
export function shellCommand(words: readonly string[]): string | null {
  if (!words.every((word) => printable.test(word))) return null
  return words.map(quoted).join(' ')
}

function quoted(word: string): string {
  if (plainWord.test(word) || option.test(word)) return word
  return `'${word.replaceAll("'", String.raw`'\''`)}'`
}

/** JSON of printable ASCII only: other characters are escaped, which JSON reads as the same. */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[^ -~]/g,
    (unit) => String.raw`\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
