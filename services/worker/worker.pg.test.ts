// What the worker says of itself while Postgres keeps it waiting.

import { setTimeout as sleep } from 'node:timers/promises'
import { createTestDatabase } from '@plaintrail/test/postgres-for-tests'
import { encodeEnvelope } from '@plaintrail/event-log/envelope'
import { createHealth } from '@plaintrail/runtime/health'
import { createLogger } from '@plaintrail/runtime/logger'
import { createMetrics } from '@plaintrail/runtime/metrics'
import { migrate } from '@plaintrail/store/migrate'
import { openStore } from '@plaintrail/store/open-store'
import { makePartitionsAhead } from '@plaintrail/store/partitions'
import { tableLogReader, tableLogWriter } from '@plaintrail/store/table-log'
import { expect, test } from 'vitest'
import { startWorker } from './worker.ts'

test('a batch that waits for a lock is told, and forgotten when it has it', async () => {
  await using database = await createTestDatabase()
  await migrate(database.connection)
  await using store = openStore(database.connection, { connectionsMax: 4, statementMs: 0, applicationName: 'test' })
  const receivedAtUs = Date.now() * 1_000
  await makePartitionsAhead(store, receivedAtUs)
  const lane = { cluster: '00000000-0000-4000-8000-000000000000', lane: 'main', receivedAtUs }
  const header = { ...lane, credential: 'test', problems: [], redactions: [], duplicateKeys: [] }
  const envelope = await encodeEnvelope(header, new Uint32Array(), Buffer.from('{}'))
  const client = await store.pool.connect()
  await client.query('begin')
  await client.query('lock table quarantine in access exclusive mode')
  await tableLogWriter(store).append(envelope, { ...lane, bodyBytes: 2 })
  const health = createHealth()
  const part = () => health.snapshot().checks['worker']
  const logger = createLogger('test', { level: 'silent' })
  const metrics = createMetrics({ version: null, processMetrics: false })
  const reader = tableLogReader(store)
  await using _worker = startWorker({ store, reader, logger, metrics, health, waitMsMax: 500 })
  expect(part()).toEqual({ ok: true, detail: 'working' })
  await expect.poll(() => part()?.ok, { timeout: 10_000 }).toBe(false)
  expect(part()?.detail).toMatch(/waited for Postgres for \d+ ms/)
  await client.query('rollback')
  client.release()
  await expect.poll(() => part(), { timeout: 10_000 }).toEqual({ ok: true, detail: 'working' })
  await sleep(600)
  expect(part()?.ok).toBe(true)
})
