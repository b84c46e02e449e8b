// What the loop says of itself where the log cannot be asked.

import { setTimeout as sleep } from 'node:timers/promises'
import type { LogReader } from '@plaintrail/event-log/event-log'
import { createLogger } from '@plaintrail/runtime/logger'
import { BatchFenced, type BatchWriter } from '@plaintrail/store/store-batch'
import { expect, test } from 'vitest'
import { processLog } from './process-log.ts'

function running(reader: LogReader, writer: BatchWriter, told: string[]): AsyncDisposable {
  const stop = new AbortController()
  const done = processLog(
    {
      reader,
      writer,
      logger: createLogger('test', { level: 'silent' }),
      onCommitted: () => told.push('committed'),
      onFailed: (reason) => told.push(reason),
      onTurn: (hadWork) => told.push(hadWork ? 'had work' : 'nothing waits'),
      pause: (ms) => sleep(Math.min(ms, 5)),
    },
    stop.signal,
  )
  return {
    async [Symbol.asyncDispose]() {
      stop.abort()
      await done
    },
  }
}

const position = { log: 'kafka', topic: 't.1', partition: 0, offset: 0, after: 0 } as const

test('after a failure, a log that gives nothing because it cannot be asked is not taken for one at its end', async () => {
  let isKnown = true
  const waiting = [[{ position, envelope: new Uint8Array() }]]
  const reader: LogReader = {
    read: () => Promise.resolve(waiting.pop() ?? []),
    settled: () => undefined,
    rewind: () => void (isKnown = false),
    isAtEnd: () => isKnown,
  }
  const away = (): Promise<never> => Promise.reject(new Error('Postgres is away'))
  const writer: BatchWriter = { prepare: () => Promise.resolve([]), commit: away, store: away }
  const told: string[] = []
  await using _loop = running(reader, writer, told)
  await expect.poll(() => told).toEqual(['Postgres is away'])
  await sleep(100)
  expect(told).toEqual(['Postgres is away'])
  isKnown = true
  await expect.poll(() => told[1]).toBe('nothing waits')
})

test('a batch that is fenced again and again is told, and not tried without a pause', async () => {
  const reader: LogReader = {
    read: () => Promise.resolve([{ position, envelope: new Uint8Array() }]),
    settled: () => undefined,
    rewind: () => undefined,
  }
  const fenced = (): Promise<never> => Promise.reject(new BatchFenced('another was first'))
  const writer: BatchWriter = { prepare: () => Promise.resolve([]), commit: fenced, store: fenced }
  const told: string[] = []
  await using _loop = running(reader, writer, told)
  await expect.poll(() => told[0]).toBe('another was first')
})
