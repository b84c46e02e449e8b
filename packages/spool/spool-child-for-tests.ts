// A process that appends to the spool in its first argument until it is killed, and prints what was acknowledged.

import { writeSync } from 'node:fs'
import { createHealth } from '@plaintrail/runtime/health'
import { createLogger } from '@plaintrail/runtime/logger'
import { createMetrics } from '@plaintrail/runtime/metrics'
import { openSpooledLog } from './spooled-log.ts'
import { laneHeader, SwitchedLog } from './switched-log-for-tests.ts'

const spooled = await openSpooledLog({
  log: new SwitchedLog('rejects'),
  folder: process.argv[2] ?? '',
  bytesMax: 1024 * 1024 * 1024,
  ageMsMax: 3_600_000,
  logger: createLogger('child', { level: 'silent' }),
  metrics: createMetrics({ version: null, processMetrics: false }),
  health: createHealth(),
  limits: { fileBytesMax: 300_000 },
})

const callers = Array.from({ length: 4 }, async (_, lane) => {
  for (let number = 0; ; number++) {
    await spooled.append(Buffer.from(`${process.pid}-${number}`.padEnd(2_000)), laneHeader(`${lane}`))
    writeSync(1, `${lane}/${process.pid}-${number}\n`)
  }
})
await Promise.all(callers)
