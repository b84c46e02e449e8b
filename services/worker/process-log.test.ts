// What the loop says of itself where the log cannot be asked.

import { setTimeout as sleep } from 'node:timers/promises'
import type { LogReader } from '@plaintrail/event-log/event-log'
import { createLogger } from '@plaintrail/runtime/logger'
import type { BatchWriter } from '@plaintrail/store/store-batch'
import { expect, test } from 'vitest'
import { processLog } from './process-log.ts'

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
  const stop = new AbortController()
  const told: string[] = []
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
  await expect.poll(() => told).toEqual(['Postgres is away'])
  await sleep(100)
  expect(told).toEqual(['Postgres is away'])
  isKnown = true
  await expect.poll(() => told[1]).toBe('nothing waits')
  stop.abort()
  await done
})
