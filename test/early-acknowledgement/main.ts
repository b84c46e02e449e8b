// A build that is wrong on purpose: it answers 200 before the log has the batch. test/kill.test.ts must catch it.

import { readConfig } from '@plaintrail/runtime/config'
import { untilSignal } from '@plaintrail/runtime/until-signal'
import { allSettings } from '@plaintrail/standalone/config'
import { runStandalone } from '@plaintrail/standalone/run-standalone'

/** Later than the last kill of test/kill.test.ts: on a fast machine all would be stored before one that falls later. */
const lateMs = 1_000

process.exitCode = await runStandalone(() => readConfig(allSettings, process.env), untilSignal(), {
  wrapLog: (log) => ({
    envelopeBytesMax: log.envelopeBytesMax,
    append(envelope, header) {
      setTimeout(() => void log.append(envelope, header).catch(() => undefined), lateMs)
      return Promise.resolve()
    },
  }),
})
