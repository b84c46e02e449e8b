// commandWords: every command with its flags, as data for the scripts of shells.
import type { Command, Option } from 'commander'

export interface FlagWords {
  /** `-n`, `--ns`. */
  readonly names: readonly string[]
  readonly takesValue: boolean
  readonly about: string
}

export interface CommandWords {
  /** `''` for the program itself, `cluster add` for a command in a command. */
  readonly path: string
  readonly about: string
  readonly subcommands: readonly { readonly name: string; readonly about: string }[]
  /** Its own, and those of every command. */
  readonly flags: readonly FlagWords[]
}

export function commandWords(program: Command): readonly CommandWords[] {
  const everywhere = flagsOf(program).filter(({ names }) => !names.includes('--version'))
  const walk = (command: Command, path: string): readonly CommandWords[] => [
    {
      path,
      about: command.summary(),
      subcommands: command.commands.map((one) => ({ name: one.name(), about: one.summary() })),
      flags: [...(command === program ? [] : flagsOf(command)), ...everywhere, help],
    },
    ...command.commands.flatMap((one) => walk(one, path === '' ? one.name() : `${path} ${one.name()}`)),
  ]
  return walk(program, '')
}

const help: FlagWords = { names: ['-h', '--help'], takesValue: false, about: 'what it does, with examples' }

function flagsOf(command: Command): readonly FlagWords[] {
  return command.options
    .filter((option) => !option.hidden)
    .map((option: Option) => ({
      names: [option.short, option.long].filter((name) => name !== undefined && name !== null),
      takesValue: option.required,
      about: option.description,
    }))
}

export interface Typed {
  /** The command that is being typed: the longest that the words before the last one name. */
  readonly command: CommandWords
  /** What stands after the command and is no flag and no value of one, the word being typed left out. */
  readonly operands: readonly string[]
  /** The flag whose value is being typed. */
  readonly flag: FlagWords | null
  /** The values of flags that were typed, by their long names. */
  readonly values: ReadonlyMap<string, string>
  /** The word that is being typed. */
  readonly word: string
}

/** What the words of a command line are, the last of which is being typed. */
export function readWords(all: readonly CommandWords[], words: readonly string[]): Typed {
  const [word = ''] = words.slice(-1)
  let command = all.find(({ path }) => path === '') ?? { path: '', about: '', subcommands: [], flags: [] }
  let flag: FlagWords | null = null
  const operands: string[] = []
  const values = new Map<string, string>()
  const flags = all.flatMap((one) => one.flags)
  for (const one of words.slice(0, -1)) {
    if (flag !== null) {
      values.set(flag.names.at(-1) ?? '', one)
      flag = null
      continue
    }
    if (one.startsWith('-')) {
      const [name = '', value] = one.split('=', 2)
      const found: FlagWords | undefined = flags.find(({ names }) => names.includes(name))
      if (found?.takesValue === true && value === undefined) flag = found
      else if (found !== undefined && value !== undefined) values.set(found.names.at(-1) ?? '', value)
      continue
    }
    const below = all.find(({ path }) => path === (command.path === '' ? one : `${command.path} ${one}`))
    if (operands.length === 0 && below !== undefined) command = below
    else operands.push(one)
  }
  return { command, operands, flag, values, word }
}
