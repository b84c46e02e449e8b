// The settings of migrate: where everything is that it prepares.

import { kafkaSettings } from '@plaintrail/event-log/kafka-settings'
import { choice, type Config } from '@plaintrail/runtime/config'
import { logLevels } from '@plaintrail/runtime/logger'
import { secretsSettings } from '@plaintrail/runtime/secrets'
import { databaseSettings } from '@plaintrail/store/database-settings'

export const migrateSettings = {
  ...databaseSettings,
  ...secretsSettings,
  ...kafkaSettings,
  logLevel: {
    env: 'PLAINTRAIL_LOG_LEVEL',
    parse: choice(...logLevels),
    default: 'info',
    describe: 'Lines below this level are not written.',
  },
} as const

export type MigrateConfig = Config<typeof migrateSettings>
