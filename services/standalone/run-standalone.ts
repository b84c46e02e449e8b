// Run the standalone service until a signal: what it prints is for the person who typed `npm start`.

import { join, relative } from 'node:path'
import type { StandaloneConfig } from './config.ts'
import { startStandalone, type Standalone, type StandaloneOverrides } from './standalone.ts'

const exitUsage = 2
const exitFailed = 1

export interface RunOptions extends StandaloneOverrides {
  /** Called once everything serves, after the line `plaintrail ready`, in place of saying what to do next. */
  readonly whenReady?: (standalone: Standalone, say: (line: string) => void) => Promise<void>
}

/** Returns the exit code. A signal during the start stops it as soon as the start has ended. */
export async function runStandalone(
  read: () => StandaloneConfig,
  signal: Promise<NodeJS.Signals>,
  options: RunOptions = {},
): Promise<number> {
  const say = (line: string): void => void process.stdout.write(`${line}\n`)
  const complain = (error: unknown, code: number): number => {
    process.stderr.write(`plaintrail: ${error instanceof Error ? error.message : String(error)}\n`)
    return code
  }
  let config: StandaloneConfig
  try {
    config = read()
  } catch (error) {
    return complain(error, exitUsage)
  }
  try {
    await using standalone = await startStandalone(config, (line) => say(`  ${line}`), options)
    say(`plaintrail ready at ${standalone.url} (ingest by TLS on port ${standalone.ingestPort})`)
    if (options.whenReady) await options.whenReady(standalone, say)
    else sayNext(config, say)
    const name = await signal
    say(`${name}: stopping; what was accepted is safe`)
  } catch (error) {
    return complain(error, exitFailed)
  }
  say('stopped')
  return 0
}

function sayNext(config: StandaloneConfig, say: (line: string) => void): void {
  const token = relative(process.cwd(), join(config.dataFolder, 'admin-token'))
  say('')
  say('  Connect a cluster:   npx plaintrail cluster add NAME')
  say('  Or read a log file:  npx plaintrail ingest audit.log --cluster NAME')
  say('  Then ask:            npx plaintrail who deployment/NAME -n NAMESPACE')
  say(`  Admin token:         ${token}`)
  say('  Stop with Ctrl-C; the data stays.')
}
