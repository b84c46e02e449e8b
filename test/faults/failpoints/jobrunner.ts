// The jobrunner, with steps at which it may die.

import { jobrunnerProcessSettings } from '@plaintrail/jobrunner/config'
import { startJobrunnerProcess } from '@plaintrail/jobrunner/jobrunner-process'
import type { JobHandler } from '@plaintrail/jobs/jobs'
import { runProcess } from '@plaintrail/runtime/run-process'
import { between } from './fail-at.ts'

const around = (handler: JobHandler): JobHandler =>
  between({ before: 'before the effect', after: 'between effect and its job' }, handler)

process.exitCode = await runProcess({
  name: 'jobrunner',
  settings: jobrunnerProcessSettings,
  env: process.env,
  start: (config, ground) =>
    startJobrunnerProcess(config, ground, {
      wrapJobs: (jobs) => ({
        ...jobs,
        add: between({ before: 'before the queue', after: 'between queue and outbox' }, (added) => jobs.add(added)),
        work: (work) =>
          jobs.work({
            ...work,
            handlers: Object.fromEntries(
              Object.entries(work.handlers).map(([kind, handler]) => [
                kind,
                kind === 'quarantine.noticed' ? around(handler) : handler,
              ]),
            ),
          }),
      }),
    }),
})
