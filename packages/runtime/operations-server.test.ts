// What an orchestrator asks a process that has no API.

import { expect, test } from 'vitest'
import { createHealth } from './health.ts'
import { createLogger } from './logger.ts'
import { createMetrics } from './metrics.ts'
import { startOperationsServer } from './operations-server.ts'

test('a process says that it lives, whether it is ready, and its numbers', async () => {
  const health = createHealth()
  const metrics = createMetrics({ version: '1.2.3', processMetrics: false })
  const logger = createLogger('test', { level: 'silent' })
  await using server = await startOperationsServer({ host: '127.0.0.1', port: 0, health, metrics, logger })
  const ask = (path: string) => fetch(server.url + path)
  expect((await ask('/healthz')).status).toBe(200)
  health.set('kafka', { ok: true, degraded: true, detail: 'the spool fills' })
  const ready = await ask('/readyz')
  expect([ready.status, await ready.json()]).toMatchObject([200, { status: 'degraded' }])
  health.set('kafka', { ok: false, detail: 'is gone' })
  expect((await ask('/readyz?verbose')).status).toBe(503)
  expect(await (await ask('/metrics')).text()).toContain('plaintrail_build_info{version="1.2.3"} 1')
  expect((await ask('/v1/events')).status).toBe(404)
  expect((await fetch(`${server.url}/healthz`, { method: 'POST' })).status).toBe(404)
})
