// The jobrunner's process.

import { runProcess } from '@plaintrail/runtime/run-process'
import { jobrunnerProcessSettings } from './config.ts'
import { startJobrunnerProcess } from './jobrunner-process.ts'

process.exitCode = await runProcess({
  name: 'jobrunner',
  settings: jobrunnerProcessSettings,
  env: process.env,
  start: startJobrunnerProcess,
})
