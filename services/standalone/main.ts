// npm start: read the configuration, serve, wait for a signal, stop in reverse.

import { readConfig } from '@plaintrail/runtime/config'
import { untilSignal } from '@plaintrail/runtime/until-signal'
import { allSettings } from './config.ts'
import { runStandalone } from './run-standalone.ts'

const signal = untilSignal()
process.exitCode = await runStandalone(() => readConfig(allSettings, process.env), signal)
