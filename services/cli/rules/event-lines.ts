// eventLines: the audit events of a file or of stdin, each with its line. JSON lines are read one by one, however many.
import { eventsIn, readEvents, type FileEvent } from '@plaintrail/rules/event-file'
import type { RuleError } from '@plaintrail/rules/rule-error'
import { CliError } from '../cli-error.ts'
import { openLogBytes } from '../ingest/log-bytes.ts'
import type { CliIo } from '../io.ts'

export type EventLine = FileEvent | { readonly error: RuleError }

/** Of one line; in characters, of a file that is no JSON lines. */
const wholeBytesMax = 64 * 1024 * 1024

/** `-` is stdin; gzip is unpacked. Throws CliError where it cannot be read to its end. */
export async function* eventLines(name: string, io: CliIo): AsyncGenerator<EventLine> {
  const { chunks } = await openLogBytes(name, io)
  let kind: 'unknown' | 'lines' | 'whole' = 'unknown'
  const whole: string[] = []
  let wholeCharacters = 0
  let line = 0
  for await (const text of linesOf(chunks, name)) {
    line += 1
    if (kind === 'unknown' && text.trim() !== '') kind = parsed(text) === undefined ? 'whole' : 'lines'
    if (kind === 'lines') {
      if (text.trim() !== '') yield* ofLine(text, line)
      continue
    }
    // Lines before the first that says something count, too: places are told in the file's lines.
    whole.push(text)
    wholeCharacters += text.length + 1
    if (wholeCharacters > wholeBytesMax)
      throw new CliError(
        'usage',
        `could not read ${name}: it is no JSON lines, and longer than ${wholeBytesMax} characters`,
      )
  }
  if (kind !== 'whole') return
  const { events, errors } = readEvents(whole.join('\n'))
  yield* events
  for (const error of errors) yield { error }
}

function* ofLine(text: string, line: number): Generator<EventLine> {
  const events = eventsIn(parsed(text))
  if (events === null) yield { error: { line, column: 1, message: 'this line is no audit event', hint: null } }
  else for (const raw of events) yield { raw, line }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

async function* linesOf(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<string> {
  let waiting: Uint8Array[] = []
  let waitingBytes = 0
  let isFirst = true
  const take = (): string => {
    const text = Buffer.concat(waiting).toString()
    waiting = []
    waitingBytes = 0
    const plain = isFirst ? text.replace(/^\u{feff}/u, '') : text
    isFirst = false
    return plain
  }
  for await (const chunk of chunks) {
    let from = 0
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, from)) {
      waiting.push(chunk.subarray(from, end))
      yield take()
      from = end + 1
    }
    waiting.push(chunk.subarray(from))
    waitingBytes += chunk.length - from
    if (waitingBytes > wholeBytesMax)
      throw new CliError('usage', `could not read ${name}: a line is longer than ${wholeBytesMax} bytes`)
  }
  if (waiting.some(({ length }) => length > 0)) yield take()
}

const newline = 0x0a
