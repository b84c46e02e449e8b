// The receiver, with steps at which it may die.

import { receiverProcessSettings } from '@plaintrail/receiver/config'
import { startReceiverProcess } from '@plaintrail/receiver/receiver-process'
import { runProcess } from '@plaintrail/runtime/run-process'
import { between } from './fail-at.ts'

process.exitCode = await runProcess({
  name: 'receiver',
  settings: receiverProcessSettings,
  env: process.env,
  start: (config, ground) =>
    startReceiverProcess(config, ground, {
      wrapLog: (log) => ({
        envelopeBytesMax: log.envelopeBytesMax,
        append: between({ before: 'before the append', after: 'between append and answer' }, (envelope, header) =>
          log.append(envelope, header),
        ),
      }),
    }),
})
