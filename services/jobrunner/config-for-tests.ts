// A jobrunner's settings in tests: the defaults.

import type { JobrunnerConfig } from './config.ts'

export const jobrunnerConfig: JobrunnerConfig = {
  retentionDays: 400,
  silentAfterMs: 900_000,
  exportDays: 7,
  exportBytesMax: 1024 ** 3,
}
