// Run the preparation once: what it prints is for the operator, its exit code for whatever waits for it.

import type { MigrateConfig } from './config.ts'
import { prepareInstallation } from './prepare-installation.ts'

const exitUsage = 2
const exitFailed = 1

export async function runMigrate(read: () => MigrateConfig): Promise<number> {
  const complain = (error: unknown, code: number): number => {
    process.stderr.write(`plaintrail migrate: ${error instanceof Error ? error.message : String(error)}\n`)
    return code
  }
  let config: MigrateConfig
  try {
    config = read()
  } catch (error) {
    return complain(error, exitUsage)
  }
  try {
    await prepareInstallation(config, (line) => void process.stdout.write(`plaintrail migrate: ${line}\n`))
  } catch (error) {
    return complain(error, exitFailed)
  }
  return 0
}
