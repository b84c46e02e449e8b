// Before the other processes start, and ended when all is there.

import { readConfig } from '@plaintrail/runtime/config'
import { migrateSettings } from './config.ts'
import { runMigrate } from './run-migrate.ts'

process.exitCode = await runMigrate(() => readConfig(migrateSettings, process.env))
