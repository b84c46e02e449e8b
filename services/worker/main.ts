// The worker's process.

import { runProcess } from '@plaintrail/runtime/run-process'
import { workerProcessSettings } from './config.ts'
import { startWorkerProcess } from './worker-process.ts'

process.exitCode = await runProcess({
  name: 'worker',
  settings: workerProcessSettings,
  env: process.env,
  start: startWorkerProcess,
})
