// The worker's settings.

import { integer, type Config } from '@plaintrail/runtime/config'

export const workerSettings = {
  retentionDays: {
    env: 'PLAINTRAIL_RETENTION_DAYS',
    parse: integer(1, 36_500),
    default: '400',
    describe:
      'Whole days of events that are kept; 400 covers the twelve months that PCI DSS 10.5.1 asks for, with a margin.',
  },
} as const

export type WorkerConfig = Config<typeof workerSettings>
