// Write docs/configuration.md from the settings tables: `node test/write-configuration.ts`. configuration.test.ts compares.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { apiSettings } from '@plaintrail/api/config'
import { cliSettings } from '@plaintrail/cli/config'
import { kafkaSettings } from '@plaintrail/event-log/kafka-settings'
import { spoolSettings } from '@plaintrail/spool/spool-settings'
import { jobrunnerSettings, redisSettings } from '@plaintrail/jobrunner/config'
import { passwordsSettings } from '@plaintrail/passwords/config'
import { receiverSettings } from '@plaintrail/receiver/config'
import { settingsMarkdown } from '@plaintrail/runtime/config'
import { processSettings } from '@plaintrail/runtime/run-process'
import { secretsSettings } from '@plaintrail/runtime/secrets'
import { standaloneSettings } from '@plaintrail/standalone/config'
import { databaseSettings } from '@plaintrail/store/database-settings'
import { historySettings, rulesSettings, sessionSettings } from '@plaintrail/worker/config'

export const configurationPath = join(import.meta.dirname, '../docs/configuration.md')

export function configurationText(): string {
  return settingsMarkdown([
    { service: 'standalone (npm start, npm run demo)', table: standaloneSettings },
    { service: 'api', table: apiSettings },
    { service: 'receiver', table: receiverSettings },
    { service: 'jobrunner', table: jobrunnerSettings },
    { service: 'worker', table: { ...historySettings, ...rulesSettings } },
    { service: 'cli', table: cliSettings },
    { service: 'Distributed: every process, besides', table: { ...databaseSettings, ...processSettings } },
    { service: 'Distributed: migrate, receiver and api, besides', table: secretsSettings },
    { service: 'Distributed: migrate, receiver and worker, besides', table: kafkaSettings },
    { service: 'Distributed: receiver, besides', table: spoolSettings },
    { service: 'Distributed: worker, besides', table: sessionSettings },
    { service: 'Distributed: jobrunner, besides', table: redisSettings },
    { service: 'passwords (docker compose)', table: passwordsSettings },
  ])
}

if (import.meta.main) writeFileSync(configurationPath, configurationText())
