// plaintrail completion: what a shell needs to complete commands, flags and queries.
import { Argument, type Command } from 'commander'
import { bashScript } from '../completion/bash-script.ts'
import { commandWords, type CommandWords } from '../completion/command-words.ts'
import { shells } from '../completion/completions.ts'
import { fishScript } from '../completion/fish-script.ts'
import { zshScript } from '../completion/zsh-script.ts'
import { wholeProgram } from '../whole-program.ts'
import type { RunCommand } from '../session.ts'

const scripts: Readonly<Record<(typeof shells)[number], (all: readonly CommandWords[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
}

export function addCompletion(program: Command, run: RunCommand): void {
  program
    .command('completion')
    .summary('what a shell needs to complete commands')
    .description(
      'Prints a script that completes commands and flags by itself, and asks the server for the names that there are: actors, namespaces, objects. It prints nothing where the server does not answer.',
    )
    .addArgument(new Argument('<shell>', 'whose script').choices(shells))
    .addHelpText(
      'after',
      '\nExamples:\n  source <(plaintrail completion bash)                                   # in ~/.bashrc\n  plaintrail completion zsh > "${fpath[1]}/_plaintrail"\n  plaintrail completion fish > ~/.config/fish/completions/plaintrail.fish',
    )
    .action((shell: keyof typeof scripts, _options: unknown, command: Command) =>
      run(command, async (session) => session.print(scripts[shell](commandWords(await wholeProgram())))),
    )
}
