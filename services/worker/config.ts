// The settings of the worker: those of its process, and the one that the standalone has too.

import { kafkaSettings } from '@plaintrail/event-log/kafka-settings'
import { choice, duration } from '@plaintrail/runtime/config'
import { databaseSettings } from '@plaintrail/store/database-settings'

export const sessionSettings = {
  kafkaSessionMs: {
    env: 'PLAINTRAIL_KAFKA_SESSION',
    parse: duration,
    default: '30s',
    describe: 'A worker that gives no sign of life for longer loses its partitions to the others.',
  },
} as const

/** Of every worker, and so of the standalone too. */
export const historySettings = {
  history: {
    env: 'PLAINTRAIL_HISTORY',
    parse: choice('on', 'off'),
    default: 'on',
    describe:
      'off: workers make no revisions of what they store, and do not find who is behind it; both are made up for when it is on again.',
  },
} as const

/** Beside what every process has. */
export const workerProcessSettings = {
  ...databaseSettings,
  ...kafkaSettings,
  ...sessionSettings,
  ...historySettings,
} as const
