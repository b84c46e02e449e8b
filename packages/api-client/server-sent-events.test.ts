import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { jsonLines, linesOf } from './lines.ts'
import { serverSentEvents, type ServerSentEvent } from './server-sent-events.ts'

/** The bytes of a text, cut at those places. */
async function* cut(text: string, places: readonly number[] = []): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text)
  let from = 0
  for (const to of [...places.filter((place) => place < bytes.length).toSorted((a, b) => a - b), bytes.length]) {
    yield bytes.slice(from, to)
    from = to
  }
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

const eventsOf = (text: string, places?: readonly number[]): Promise<ServerSentEvent[]> =>
  all(serverSentEvents(cut(text, places)))

const stream =
  ': a comment\nretry: 2000\n\nid: a:1\nevent: event\ndata: {"sentence":"鳥 sang"}\n\n' +
  'event: drops\r\ndata:1\r\ndata: 2\r\n\r\ndata\n\nid: a:2\n\ndata: last\n\ndata: broken off'

describe('an event stream', () => {
  test('is its events with their names, data and the id to resume from', async () => {
    expect(await eventsOf(stream)).toEqual([
      { event: 'event', data: '{"sentence":"鳥 sang"}', lastEventId: 'a:1' },
      { event: 'drops', data: '1\n2', lastEventId: 'a:1' },
      { event: 'message', data: '', lastEventId: 'a:1' },
      { event: 'message', data: 'last', lastEventId: 'a:2' },
    ])
  })

  test('is the same however its bytes come', async () => {
    const whole = await eventsOf(stream)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(stream.length)), async (places) => {
        expect(await eventsOf(stream, places)).toEqual(whole)
      }),
    )
  })

  test('says how long to wait before connecting again', async () => {
    const told = { retryMs: null }
    await all(serverSentEvents(cut('retry: 2000\nretry: soon\n\n'), told))
    expect(told).toEqual({ retryMs: 2_000 })
  })
})

describe('lines', () => {
  test('are those that a text has, however its bytes come', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', '\r', '\n', '鳥') })
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat(40)), async (given, places) => {
        const lines = given.split(/\r\n|\n|\r/)
        expect(await all(linesOf(cut(given, places)))).toEqual(lines.slice(0, -1))
      }),
    )
  })

  test('of JSON are values', async () => {
    expect(await all(jsonLines(cut('{"a":1}\n\n[2]\n')))).toEqual([{ a: 1 }, [2]])
    await expect(all(jsonLines(cut('{"a":\n')))).rejects.toThrow(SyntaxError)
  })
})
