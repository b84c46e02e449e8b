// The worker, with steps at which it may die.

import { runProcess } from '@plaintrail/runtime/run-process'
import { workerProcessSettings } from '@plaintrail/worker/config'
import { startWorkerProcess } from '@plaintrail/worker/worker-process'
import { between, failAt } from './fail-at.ts'

process.exitCode = await runProcess({
  name: 'worker',
  settings: workerProcessSettings,
  env: process.env,
  start: (config, ground) =>
    startWorkerProcess(config, ground, {
      wrapReader: (reader) => ({
        settled: (positions) => reader.settled(positions),
        rewind: () => reader.rewind(),
        async read(limit) {
          const entries = await reader.read(limit)
          if (entries.length > 0) failAt('after the read')
          return entries
        },
      }),
      wrapWriter: (writer) => ({
        ...writer,
        prepare: between({ before: 'before the preparation', after: 'after the preparation' }, (segments) =>
          writer.prepare(segments),
        ),
        commit: between({ before: 'before the commit', after: 'between commit and settling' }, (prepared) =>
          writer.commit(prepared),
        ),
      }),
    }),
})
