// Before Postgres and Redis start, and ended when their passwords are there.

import { readConfig } from '@plaintrail/runtime/config'
import { passwordsSettings } from './config.ts'
import { runPasswords } from './run-passwords.ts'

process.exitCode = await runPasswords(() => readConfig(passwordsSettings, process.env))
