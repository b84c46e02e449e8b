// A reader of live tails for tests: what it was told, in order.

import { setTimeout as sleep } from 'node:timers/promises'
import type { StoredEvent } from '@plaintrail/event/event'

export interface ToldMessage {
  readonly event: string
  readonly id: string
  readonly data: unknown
}

export interface TestTail extends AsyncDisposable {
  readonly response: Response
  readonly told: readonly ToldMessage[]
  /** All that was sent. */
  text(): string
  /** The id to go on from. */
  lastId(): string
  /** Of the events, the names of their objects. */
  names(): readonly string[]
  of(event: string): readonly ToldMessage[]
  until(isSo: (tail: TestTail) => boolean, msMax?: number): Promise<void>
  /** When the server ends it, or the connection breaks. */
  readonly ended: Promise<void>
}

export async function openTail(url: string, headers: Readonly<Record<string, string>>): Promise<TestTail> {
  const stop = new AbortController()
  const response = await fetch(url, { headers, signal: stop.signal })
  if (response.status !== 200) throw new Error(`no tail but ${response.status} ${await response.text()}`)
  const told: ToldMessage[] = []
  let text = ''
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder()
    let rest = ''
    for await (const chunk of response.body ?? new ReadableStream<Uint8Array>()) {
      const piece = decoder.decode(chunk, { stream: true })
      text += piece
      const blocks = (rest + piece).split('\n\n')
      rest = blocks.pop() ?? ''
      told.push(...blocks.flatMap(messageOf))
    }
  }
  const tail: TestTail = {
    response,
    told,
    text: () => text,
    lastId: () => told.findLast(({ id }) => id !== '')?.id ?? '',
    names: () => told.filter(({ event }) => event === 'event').map(({ data }) => nameOf(data)),
    of: (event) => told.filter((one) => one.event === event),
    async until(isSo, msMax = 20_000) {
      const end = performance.now() + msMax
      while (!isSo(tail)) {
        if (performance.now() > end) throw new Error(`did not come within ${msMax} ms: ${text.slice(-2_000)}`)
        await sleep(10)
      }
    },
    ended: read().catch(() => undefined),
    async [Symbol.asyncDispose]() {
      stop.abort()
      await tail.ended
    },
  }
  return tail
}

/**
 * It was told that it is up to date, and it has joined the others: what is stored from now on is told as it comes. Where
 * it begins now, a watermark comes with the hello, and is not the one that says so.
 */
export function isLive(tail: TestTail): boolean {
  const begins = /^: plaintrail[^\n]*\nretry: \d+\n\nid: \S+\nevent: watermark\n/.test(tail.text()) ? 1 : 0
  return tail.of('watermark').length > begins
}

function messageOf(block: string): readonly ToldMessage[] {
  const fields = new Map(
    block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
  )
  const data = fields.get('data')
  if (data === undefined) return []
  return [{ event: fields.get('event') ?? 'message', id: fields.get('id') ?? '', data: JSON.parse(data) as unknown }]
}

/** Events are told as lists have them, which their own tests hold against the schema. */
function nameOf(data: unknown): string {
  return (data as StoredEvent).object?.name ?? ''
}
