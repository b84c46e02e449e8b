// The settings of the worker: those of its process, and the one that the standalone has too.

import { kafkaSettings } from '@plaintrail/event-log/kafka-settings'
import { choice, duration, path } from '@plaintrail/runtime/config'
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

export const rulesSettings = {
  rules: {
    env: 'PLAINTRAIL_RULES',
    parse: choice('on', 'off'),
    default: 'on',
    describe: 'off: workers judge nothing by rules; it is made up for when it is on again.',
  },
  rulesPack: {
    env: 'PLAINTRAIL_RULES_PACK',
    parse: choice('on', 'off'),
    default: 'on',
    describe: 'off: the shipped rules are not in force; of your own nothing changes.',
  },
  rulesFolder: {
    env: 'PLAINTRAIL_RULES_DIR',
    parse: path,
    default: null,
    describe:
      'Folder of rule files (.yaml, .yml, .json), read anew every 10 seconds; the same on every worker. A rule of the API comes before one of its name here, and one here before a shipped one.',
  },
} as const

/** Beside what every process has. */
export const workerProcessSettings = {
  ...databaseSettings,
  ...kafkaSettings,
  ...sessionSettings,
  ...historySettings,
  ...rulesSettings,
} as const
