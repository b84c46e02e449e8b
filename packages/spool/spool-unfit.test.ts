// A record that the log never takes, on its way from the spool.

import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHealth } from '@plaintrail/runtime/health'
import { createLogger } from '@plaintrail/runtime/logger'
import { createMetrics } from '@plaintrail/runtime/metrics'
import { expect, onTestFinished, test } from 'vitest'
import { EnvelopeRefused, type LogWriter } from '@plaintrail/event-log/event-log'
import { openSpooledLog } from './spooled-log.ts'
import { laneHeader, SwitchedLog } from './switched-log-for-tests.ts'

test('a record that the log never takes is put aside with its bytes, and those behind it go on', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plaintrail-spool-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const switched = new SwitchedLog('rejects')
  const log: LogWriter = {
    envelopeBytesMax: switched.envelopeBytesMax,
    async append(envelope, header) {
      if (switched.mood === 'takes' && envelope.length > 100) throw new EnvelopeRefused('too large for the topic')
      await switched.append(envelope, header)
    },
  }
  const health = createHealth()
  const spooled = await openSpooledLog({
    log,
    folder,
    bytesMax: 1024 * 1024,
    ageMsMax: 3_600_000,
    logger: createLogger('test', { level: 'silent' }),
    metrics: createMetrics({ version: null, processMetrics: false }),
    health,
    limits: { retryMsMin: 1, retryMsMax: 4, handOverMsMax: 20 },
  })
  const append = (text: string): Promise<void> => spooled.append(Buffer.from(text), laneHeader('main'))
  const large = 'x'.repeat(200)
  for (const text of ['a', large, 'b']) await append(text)
  switched.mood = 'takes'
  await expect.poll(() => health.snapshot().checks['spool']?.detail).toContain('not be brought to the log whole')
  expect(health.snapshot().status).toBe('degraded')
  await append('c')
  expect(switched.taken).toEqual(['main/a', 'main/b', 'main/c'])
  await expect(append(large)).rejects.toBeInstanceOf(EnvelopeRefused)
  await spooled[Symbol.asyncDispose]()
  const [kept = ''] = await readdir(join(folder, 'damaged'))
  expect(await readFile(join(folder, 'damaged', kept), 'utf8')).toContain(large)
})
