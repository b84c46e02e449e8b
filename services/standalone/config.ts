// The standalone service's settings: its own, and those of the services that it is made of.

import { apiSettings } from '@plaintrail/api/config'
import { jobrunnerSettings } from '@plaintrail/jobrunner/config'
import { receiverSettings } from '@plaintrail/receiver/config'
import { choice, path, text, type Config } from '@plaintrail/runtime/config'
import { logLevels } from '@plaintrail/runtime/logger'
import { historySettings, rulesSettings } from '@plaintrail/worker/config'

export const standaloneSettings = {
  dataFolder: {
    env: 'PLAINTRAIL_DATA',
    parse: path,
    default: '.plaintrail',
    describe: 'Folder for the embedded Postgres, the certificate authority, the admin token and the redaction key.',
  },
  databaseUrl: {
    env: 'DATABASE_URL',
    parse: text,
    default: null,
    secret: true,
    describe: 'Your own Postgres, 15 or later, in place of the embedded one.',
  },
  logLevel: {
    env: 'PLAINTRAIL_LOG_LEVEL',
    parse: choice(...logLevels),
    default: 'info',
    describe: 'Lines below this level are not written to standard error.',
  },
} as const

export const allSettings = {
  ...standaloneSettings,
  ...apiSettings,
  ...receiverSettings,
  ...jobrunnerSettings,
  ...historySettings,
  ...rulesSettings,
} as const

export type StandaloneConfig = Config<typeof allSettings>
