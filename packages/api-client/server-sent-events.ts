// serverSentEvents: a body as the events of an event stream (HTML Living Standard, 9.2), for as long as it lasts.
import { lineCharactersMax, linesOf } from './lines.ts'

export interface ServerSentEvent {
  /** `message` where the server gave no other. */
  readonly event: string
  readonly data: string
  /** The last id that was sent, with this event or before it; what Last-Event-ID resumes from. */
  readonly lastEventId: string
}

export interface StreamTold {
  /** How long the server wants a client to wait before it connects again. */
  retryMs: number | null
}

/** Comments, which keep a connection alive, are not told. `told` is written to. Throws what reading the body throws. */
export async function* serverSentEvents(
  body: AsyncIterable<Uint8Array>,
  told: StreamTold = { retryMs: null },
): AsyncGenerator<ServerSentEvent> {
  let name = ''
  let lastEventId = ''
  let data: string[] = []
  let length = 0
  for await (const line of linesOf(body)) {
    if (line === '') {
      if (data.length > 0) yield { event: name === '' ? 'message' : name, data: data.join('\n'), lastEventId }
      ;[name, data, length] = ['', [], 0]
      continue
    }
    const [field, value] = fieldOf(line)
    if (field === 'event') name = value
    else if (field === 'id' && !value.includes('\0')) lastEventId = value
    else if (field === 'retry' && /^\d{1,9}$/.test(value)) told.retryMs = Number(value)
    else if (field === 'data') {
      length += value.length
      if (length > lineCharactersMax) throw new RangeError(`an event is longer than ${lineCharactersMax} characters`)
      data.push(value)
    }
  }
}

function fieldOf(line: string): readonly [field: string, value: string] {
  const colon = line.indexOf(':')
  if (colon === -1) return [line, '']
  const value = line.slice(colon + 1)
  return [line.slice(0, colon), value.startsWith(' ') ? value.slice(1) : value]
}
