// The jobrunner's settings.

import type { Config } from '@plaintrail/runtime/config'

export const jobrunnerSettings = {} as const

export type JobrunnerConfig = Config<typeof jobrunnerSettings>
