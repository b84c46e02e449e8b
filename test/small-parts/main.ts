// The standalone with exports in small parts, and jobs that are soon taken up again, so that test/kill-export.test.ts can
// kill it between and within many of them.

import { readConfig } from '@plaintrail/runtime/config'
import { untilSignal } from '@plaintrail/runtime/until-signal'
import { allSettings } from '@plaintrail/standalone/config'
import { runStandalone } from '@plaintrail/standalone/run-standalone'

const partBounds = {
  rowsMax: 20,
  pageRowsMax: 10,
  bytesMax: 32 * 1024 * 1024,
  msMax: 60_000,
  pageRawBytesMax: 8 * 1024 * 1024,
}

process.exitCode = await runStandalone(() => readConfig(allSettings, process.env), untilSignal(), {
  jobrunner: { partBounds, relay: { everyMs: 20 } },
  jobsLimits: { stallMs: 500 },
})
