// The receiver's process.

import { runProcess } from '@plaintrail/runtime/run-process'
import { receiverProcessSettings } from './config.ts'
import { startReceiverProcess } from './receiver-process.ts'

process.exitCode = await runProcess({
  name: 'receiver',
  settings: receiverProcessSettings,
  env: process.env,
  start: startReceiverProcess,
})
