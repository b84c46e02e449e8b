// runCli: the command line, from arguments to exit code.
import { Command, CommanderError, Option } from 'commander'
import { CliError, exitCodes } from './cli-error.ts'
import { addApi } from './commands/api.ts'
import { addClusterAdd } from './commands/cluster-add.ts'
import { addClusterList } from './commands/cluster-list.ts'
import { addEvents } from './commands/events.ts'
import { addIngest } from './commands/ingest.ts'
import { addJobs } from './commands/jobs.ts'
import { addNotices } from './commands/notices.ts'
import { addQuarantine } from './commands/quarantine.ts'
import { addShow } from './commands/show.ts'
import { addWho } from './commands/who.ts'
import { readCliConfig } from './config.ts'
import type { CliIo } from './io.ts'
import { formats } from './output/formats.ts'
import { terminalText } from './output/terminal-text.ts'
import manifest from './package.json' with { type: 'json' }
import { openSession, type RunCommand } from './session.ts'

/**
 * Runs one command and returns its exit code (cli-error.ts): 0 when it was done. Never throws and never ends the
 * process. `args` begins with the command's name.
 */
export async function runCli(args: readonly string[], io: CliIo): Promise<number> {
  const said: { readonly output: 'stdout' | 'stderr'; readonly text: string }[] = []
  const run: RunCommand = (command, act) => act(openSession(command, readCliConfig(io.env), io))
  const program = buildProgram(run, io, (output, text) => said.push({ output, text }))
  try {
    const failure = await failureOf(program, args.length === 0 ? ['--help'] : args)
    for (const { output, text } of said) await io[output].write(text)
    return failure === null ? 0 : await explain(failure, io)
  } catch (error) {
    // Nobody reads the output any longer (`plaintrail events | head`): there is nothing left to do, and nobody to tell.
    if (isBrokenPipe(error)) return 0
    throw error
  }
}

function buildProgram(run: RunCommand, io: CliIo, say: (output: 'stdout' | 'stderr', text: string) => void): Command {
  const program = new Command('plaintrail')
    .description('Who changed what, and when, in every Kubernetes cluster.')
    .version(manifest.version)
    .addOption(new Option('-o, --output <format>', 'how to print data').choices(formats).default('table'))
    .option('--no-headers', 'leave out titles and summaries')
    .option('--no-color', 'no colours on a terminal (also NO_COLOR)')
    .option('--data <folder>', 'data folder of the server to ask (also PLAINTRAIL_DATA)')
    .addHelpText('after', helpText)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => say('stdout', text),
      writeErr: (text) => say('stderr', text),
      outputError: (text, write) => write(text.replace(/^error:/, 'plaintrail:')),
      getOutHelpWidth: () => io.stdout.columns,
      getErrHelpWidth: () => io.stderr.columns,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .exitOverride()
  addWho(program, run)
  addEvents(program, run)
  addShow(program, run)
  const cluster = program.command('cluster').summary('connect clusters').description('Connect clusters and list them.')
  addClusterAdd(cluster, run)
  addClusterList(cluster, run)
  addIngest(program, run)
  addQuarantine(program, run)
  addNotices(program, run)
  addJobs(program, run)
  addApi(program, run)
  return program
}

const helpText = `
Examples:
  plaintrail who deploy/checkout -n shop
  plaintrail events --class write --since 1h

Exit codes: 0 done · 2 usage · 3 done in part · 4 not allowed · 5 not found · 6 query not understood · 8 no server`

/** Why the command failed, or null. Commander tells by exceptions that help or the version was printed. */
async function failureOf(program: Command, args: readonly string[]): Promise<unknown> {
  try {
    await program.parseAsync(args, { from: 'user' })
    return null
  } catch (error) {
    return error instanceof CommanderError && error.exitCode === 0 ? null : (error ?? new Error('unknown'))
  }
}

async function explain(failure: unknown, io: CliIo): Promise<number> {
  if (isBrokenPipe(failure)) return 0
  // Commander has written what is wrong itself.
  if (failure instanceof CommanderError) return exitCodes.usage
  if (!(failure instanceof CliError)) {
    await io.stderr.write(`plaintrail: unexpected: ${terminalText(String(failure))}\n`)
    return exitCodes.usage
  }
  await io.stderr.write(`plaintrail: ${terminalText(failure.message)}\n`)
  for (const line of failure.hint?.split('\n') ?? []) await io.stderr.write(`  ${terminalText(line)}\n`)
  return exitCodes[failure.code]
}

function isBrokenPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE'
}
