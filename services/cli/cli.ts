// runCli: the command line, from arguments to exit code.
import { Command, CommanderError } from 'commander'
import { CliError, exitCodes } from './cli-error.ts'
import { commands } from './commands.ts'
import { readCliConfig } from './config.ts'
import { CurlShown } from './curl.ts'
import type { CliIo } from './io.ts'
import { addOptions } from './options.ts'
import { openOutputs } from './paged-outputs.ts'
import { terminalText } from './output/terminal-text.ts'
import manifest from './package.json' with { type: 'json' }
import { withNegations } from './query-words.ts'
import { openSession, type RunCommand } from './session.ts'

/**
 * Runs one command and returns its exit code (cli-error.ts): 0 when it was done. Never throws and never ends the
 * process. `args` begins with the command's name.
 */
export async function runCli(args: readonly string[], io: CliIo): Promise<number> {
  if (args[0] === '__complete') return completeForShell(args.slice(1), io)
  const said: { readonly output: 'stdout' | 'stderr'; readonly text: string }[] = []
  const run: RunCommand = async (command, act) => {
    const config = readCliConfig(io.env)
    await using outputs = openOutputs(command, config, io)
    await act(openSession(command, config, io, outputs))
  }
  const program = newProgram(io, (output, text) => said.push({ output, text }))
  try {
    await addCommands(program, run, args)
    const failure = await failureOf(program, args.length === 0 ? ['--help'] : withNegations(args, program))
    for (const { output, text } of said) await io[output].write(text)
    return failure === null ? 0 : await explain(failure, io)
  } catch (error) {
    // Nobody reads the output any longer (`plaintrail events | head`): there is nothing left to do, and nobody to tell.
    if (isBrokenPipe(error)) return 0
    throw error
  }
}

/** A command that is not named by any argument has its name and summary only, for help and for `Did you mean`. */
async function addCommands(program: Command, run: RunCommand, args: readonly string[]): Promise<void> {
  for (const { name, summary, load } of commands) {
    if (args.includes(name)) (await load())(program, run)
    else program.command(name).summary(summary).description(summary)
  }
}

function newProgram(io: CliIo, say: (output: 'stdout' | 'stderr', text: string) => void): Command {
  const program = new Command(io.isKubectlPlugin ? 'kubectl plaintrail' : 'plaintrail')
    .description('Who changed what, and when, in every Kubernetes cluster.')
    .version(manifest.version)
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
  addOptions(program)
  return program
}

const helpText = `
Examples:
  plaintrail who deploy/checkout -n shop
  plaintrail events is:human is:write ns:shop --since 1h

Exit codes: 0 done · 1 a difference, a finding · 2 usage · 3 incomplete · 4 not allowed · 5 not found · 6 query or rule wrong
            7 a digest differs · 8 no server · 124 no answer in time · 130 interrupted`

/** What a shell asks for while somebody types: whatever goes wrong, it is told nothing. */
async function completeForShell(words: readonly string[], io: CliIo): Promise<number> {
  try {
    const { completions } = await import('./completion/completions.ts')
    const { wholeProgram } = await import('./whole-program.ts')
    const found = await completions(words, io, await wholeProgram())
    await io.stdout.write(found.map((line) => `${line}\n`).join(''))
  } catch {
    return 0
  }
  return 0
}

/** Why the command failed, or null. Commander tells by exceptions that help or the version was printed. */
async function failureOf(program: Command, args: readonly string[]): Promise<unknown> {
  try {
    await program.parseAsync(args, { from: 'user' })
    return null
  } catch (error) {
    const isDone = error instanceof CurlShown || (error instanceof CommanderError && error.exitCode === 0)
    return isDone ? null : (error ?? new Error('unknown'))
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
  if (silent.has(failure.code)) return exitCodes[failure.code]
  await io.stderr.write(`plaintrail: ${terminalText(failure.message)}\n`)
  for (const line of failure.hint?.split('\n') ?? []) await io.stderr.write(`  ${terminalText(line)}\n`)
  return exitCodes[failure.code]
}

/** Who pressed Ctrl-C knows it, and who asked for a difference or for findings has read them. */
const silent: ReadonlySet<CliError['code']> = new Set(['interrupted', 'different', 'found'])

function isBrokenPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE'
}
