// eventLogContract: what every log must do, as tests over a pair of writer and reader. For the tests of its adapters.

import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { decodeHeader, encodeEnvelope } from './envelope.ts'
import type { LaneKey, LogEntry, LogReader, LogWriter } from './event-log.ts'

export interface ContractLog extends AsyncDisposable {
  readonly writer: LogWriter
  readonly reader: LogReader
  /** In one transaction, as the store does it: these entries are committed, or none of them. */
  commit(entries: readonly LogEntry[]): Promise<void>
}

const readMsMax = 30_000
const limit = { entries: 100, bytes: 64 * 1024 * 1024 }

/** `open` makes an empty log that nobody else uses. */
export function eventLogContract(open: () => Promise<ContractLog>): void {
  test('what is appended is read once, in order within its lane', async () => {
    await using log = await open()
    const lanes = ['a', 'b', 'c'].map(newLane)
    await Promise.all(
      lanes.map(async (lane) => {
        for (let number = 1; number <= 20; number += 1) await append(log.writer, lane, number)
      }),
    )
    const entries = await readSome(log, 60, limit)
    for (const lane of lanes) {
      const numbers = entries.map(numberOf).filter(({ cluster }) => cluster === lane.cluster)
      expect(numbers.map(({ number }) => number)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
    }
    await commit(log, entries)
    expect(await log.reader.read(limit)).toEqual([])
  })

  test('an envelope comes back byte for byte', async () => {
    await using log = await open()
    const lane = newLane('a')
    const envelope = await append(log.writer, lane, 1)
    const [entry] = await readSome(log, 1, limit)
    expect(Buffer.from(entry?.envelope ?? []).equals(envelope)).toBe(true)
  })

  test('rewind gives again what was not settled, and nothing that was', async () => {
    await using log = await open()
    const lane = newLane('a')
    for (let number = 1; number <= 6; number += 1) await append(log.writer, lane, number)
    const first = await readSome(log, 2, { ...limit, entries: 2 })
    await commit(log, first)
    const second = await readSome(log, 2, { ...limit, entries: 2 })
    expect(second.map((entry) => numberOf(entry).number)).toEqual([3, 4])
    log.reader.rewind()
    const again = await readSome(log, 4, limit)
    expect(again.map((entry) => numberOf(entry).number)).toEqual([3, 4, 5, 6])
    await commit(log, again)
    log.reader.rewind()
    await append(log.writer, lane, 7)
    const last = await readSome(log, 1, limit)
    expect(last.map((entry) => numberOf(entry).number)).toEqual([7])
  })

  test('a read keeps to its bounds, and gives one entry at least', async () => {
    await using log = await open()
    const lane = newLane('a')
    for (let number = 1; number <= 6; number += 1) await append(log.writer, lane, number, 1_000)
    await readSome(log, 1, { entries: 100, bytes: 1 })
    const rest: LogEntry[] = []
    while (rest.length < 4) {
      const some = await readUntil(log.reader, { entries: 100, bytes: 2_500 })
      expect(some.length).toBeLessThanOrEqual(2)
      rest.push(...some)
    }
    log.reader.rewind()
    const all = await readSome(log, 6, { ...limit, entries: 1 })
    expect(all.map((entry) => numberOf(entry).number)).toEqual([1, 2, 3, 4, 5, 6])
  })

  test('appends at the same time are all there, each once', async () => {
    await using log = await open()
    const lanes = Array.from({ length: 5 }, (_, index) => newLane(String(index)))
    await Promise.all(
      lanes.flatMap((lane) => Array.from({ length: 40 }, (_, index) => append(log.writer, lane, index))),
    )
    const entries = await readSome(log, 200, limit)
    const seen = new Set(entries.map((entry) => Object.values(numberOf(entry)).join('/')))
    expect(seen.size).toBe(200)
    await commit(log, entries)
    expect(await log.reader.read(limit)).toEqual([])
  })
}

function newLane(lane: string): LaneKey {
  return { cluster: randomUUID(), lane }
}

/** The number stands in the header, where a test finds it again. */
async function append(writer: LogWriter, lane: LaneKey, number: number, bytes = 10): Promise<Buffer> {
  const header = { ...lane, receivedAtUs: Date.now() * 1_000 }
  const envelope = await encodeEnvelope(
    { ...header, credential: String(number), problems: [], redactions: [], duplicateKeys: [] },
    new Uint32Array([0, bytes]),
    Buffer.alloc(bytes, 'x'),
  )
  await writer.append(envelope, { ...header, bodyBytes: bytes })
  return envelope
}

function numberOf({ envelope }: LogEntry): { readonly cluster: string; readonly number: number } {
  const { cluster, credential } = decodeHeader(envelope)
  return { cluster, number: Number(credential) }
}

async function commit(log: ContractLog, entries: readonly LogEntry[]): Promise<void> {
  await log.commit(entries)
  log.reader.settled(entries.map(({ position }) => position))
}

/** A log may need a moment to give what it has. */
async function readSome(log: ContractLog, count: number, bound: typeof limit): Promise<readonly LogEntry[]> {
  const entries: LogEntry[] = []
  while (entries.length < count) entries.push(...(await readUntil(log.reader, bound)))
  expect(entries).toHaveLength(count)
  return entries
}

async function readUntil(reader: LogReader, bound: typeof limit): Promise<readonly LogEntry[]> {
  const deadline = Date.now() + readMsMax
  while (Date.now() < deadline) {
    const entries = await reader.read(bound)
    if (entries.length > 0) return entries
    await sleep(20)
  }
  throw new Error('the log gave nothing')
}
