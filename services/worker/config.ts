// The settings of the worker's process; inside the standalone it has none of its own.

import { kafkaSettings } from '@plaintrail/event-log/kafka-settings'
import { duration } from '@plaintrail/runtime/config'
import { databaseSettings } from '@plaintrail/store/database-settings'

export const sessionSettings = {
  kafkaSessionMs: {
    env: 'PLAINTRAIL_KAFKA_SESSION',
    parse: duration,
    default: '30s',
    describe: 'A worker that gives no sign of life for longer loses its partitions to the others.',
  },
} as const

/** Beside what every process has. */
export const workerProcessSettings = { ...databaseSettings, ...kafkaSettings, ...sessionSettings } as const
