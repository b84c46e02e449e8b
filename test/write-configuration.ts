// Write docs/configuration.md from the settings tables: `node test/write-configuration.ts`. configuration.test.ts compares.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { apiSettings } from '@plaintrail/api/config'
import { cliSettings } from '@plaintrail/cli/config'
import { jobrunnerSettings, ownProcessSettings } from '@plaintrail/jobrunner/config'
import { receiverSettings } from '@plaintrail/receiver/config'
import { settingsMarkdown } from '@plaintrail/runtime/config'
import { processSettings } from '@plaintrail/runtime/run-process'
import { standaloneSettings } from '@plaintrail/standalone/config'

export const configurationPath = join(import.meta.dirname, '../docs/configuration.md')

export function configurationText(): string {
  return settingsMarkdown([
    { service: 'standalone (npm start, npm run demo)', table: standaloneSettings },
    { service: 'api', table: apiSettings },
    { service: 'receiver', table: receiverSettings },
    { service: 'jobrunner', table: jobrunnerSettings },
    { service: 'jobrunner as a process of its own, besides', table: { ...ownProcessSettings, ...processSettings } },
    { service: 'cli', table: cliSettings },
  ])
}

if (import.meta.main) writeFileSync(configurationPath, configurationText())
