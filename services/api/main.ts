// The api's process.

import { runProcess } from '@plaintrail/runtime/run-process'
import { startApiProcess } from './api-process.ts'
import { apiProcessSettings } from './config.ts'

process.exitCode = await runProcess({
  name: 'api',
  settings: apiProcessSettings,
  env: process.env,
  start: startApiProcess,
})
