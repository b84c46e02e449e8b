// wholeProgram: the program with every command in it, for whoever wants to know all of them.
import { Command } from 'commander'
import { commands } from './commands.ts'
import { addOptions } from './options.ts'

/** None of its commands does anything. */
export async function wholeProgram(): Promise<Command> {
  const program = new Command('plaintrail')
  addOptions(program)
  for (const { load } of commands) (await load())(program, async () => {})
  return program
}
