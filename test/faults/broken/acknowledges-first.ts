// A receiver that is wrong on purpose: it answers 200 before the log has the batch. The oracle must catch it.

import { receiverProcessSettings } from '@plaintrail/receiver/config'
import { startReceiverProcess } from '@plaintrail/receiver/receiver-process'
import { runProcess } from '@plaintrail/runtime/run-process'

/** Long enough that a kill falls into it, short enough that posts are stored at all. */
const lateMs = 300

process.exitCode = await runProcess({
  name: 'receiver',
  settings: receiverProcessSettings,
  env: process.env,
  start: (config, ground) =>
    startReceiverProcess(config, ground, {
      wrapLog: (log) => ({
        envelopeBytesMax: log.envelopeBytesMax,
        append(envelope, header) {
          setTimeout(() => void log.append(envelope, header).catch(() => undefined), lateMs)
          return Promise.resolve()
        },
      }),
    }),
})
