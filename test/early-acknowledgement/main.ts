// A build that is wrong on purpose: it answers 200 before the log has the batch. test/kill.test.ts must catch it.

import { readConfig } from '@plaintrail/runtime/config'
import { untilSignal } from '@plaintrail/runtime/until-signal'
import { allSettings } from '@plaintrail/standalone/config'
import { runStandalone } from '@plaintrail/standalone/run-standalone'

/** Long enough that a kill falls into it, short enough that posts are stored at all. */
const lateMs = 200

process.exitCode = await runStandalone(() => readConfig(allSettings, process.env), untilSignal(), {
  wrapLog: (log) => ({
    envelopeBytesMax: log.envelopeBytesMax,
    append(envelope, header) {
      setTimeout(() => void log.append(envelope, header).catch(() => undefined), lateMs)
      return Promise.resolve()
    },
  }),
})
