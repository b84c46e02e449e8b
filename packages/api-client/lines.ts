// linesOf: a body of bytes as lines of text, as they come.

/** One event with its bodies fits; a longer line is none of ours. */
export const lineCharactersMax = 128 * 1024 * 1024

/** Lines end with LF, CR or CRLF. What stands after the last end is left out: there the body broke off. */
export async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let begun: string[] = []
  let begunLength = 0
  let isAfterReturn = false
  for await (const chunk of body) {
    const decoded = decoder.decode(chunk, { stream: true })
    const text = isAfterReturn && decoded.startsWith('\n') ? decoded.slice(1) : decoded
    if (decoded !== '') isAfterReturn = decoded.endsWith('\r')
    const lines = text.split(/\r\n|\n|\r/)
    const rest = lines.pop() ?? ''
    for (const line of lines) {
      yield begun.length === 0 ? line : begun.join('') + line
      begun = []
      begunLength = 0
    }
    begunLength += rest.length
    if (begunLength > lineCharactersMax) throw new RangeError(`a line is longer than ${lineCharactersMax} characters`)
    if (rest !== '') begun.push(rest)
  }
}

/** JSON values, one a line (NDJSON). Throws SyntaxError for a line that is none. */
export async function* jsonLines(body: AsyncIterable<Uint8Array>): AsyncGenerator {
  for await (const line of linesOf(body)) if (line.trim() !== '') yield JSON.parse(line)
}
