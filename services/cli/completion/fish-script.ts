// fishScript: completion for fish. Commands and flags stand in it; names are asked for.
import type { CommandWords, FlagWords } from './command-words.ts'

export function fishScript(all: readonly CommandWords[]): string {
  const [program] = all
  const everywhere = program?.flags ?? []
  const isEverywhere = (flag: FlagWords): boolean => everywhere.some(({ names }) => names.join() === flag.names.join())
  const lines = [
    '# plaintrail completion for fish: plaintrail completion fish > ~/.config/fish/completions/plaintrail.fish',
    'complete -c plaintrail -f',
    ...(program?.subcommands ?? []).map(
      ({ name, about }) => `complete -c plaintrail -n __fish_use_subcommand -a ${name} -d ${quoted(about)}`,
    ),
    ...everywhere.map((flag) => flagLine(flag, '')),
    ...all.flatMap(({ path, flags, subcommands }) => {
      if (path === '') return []
      const seen = path
        .split(' ')
        .map((name) => `__fish_seen_subcommand_from ${name}`)
        .join('; and ')
      const names = subcommands.map(({ name }) => name).join(' ')
      const notYet = names === '' ? '' : `; and not __fish_seen_subcommand_from ${names}`
      return [
        ...subcommands.map(
          ({ name, about }) => `complete -c plaintrail -n ${quoted(seen + notYet)} -a ${name} -d ${quoted(about)}`,
        ),
        ...flags.filter((flag) => !isEverywhere(flag)).map((flag) => flagLine(flag, ` -n ${quoted(seen)}`)),
      ]
    }),
    'function __plaintrail_complete',
    '    set -l words (commandline -opc) (commandline -ct)',
    '    $words[1] __complete $words[2..] 2>/dev/null',
    'end',
    "complete -c plaintrail -n 'not __fish_use_subcommand' -k -a '(__plaintrail_complete)'",
  ]
  return `${lines.join('\n')}\n`
}

function flagLine({ names, takesValue, about }: FlagWords, condition: string): string {
  const parts = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`))
  const value = takesValue ? " -x -a '(__plaintrail_complete)'" : ''
  return `complete -c plaintrail${condition} ${parts.join(' ')}${value} -d ${quoted(about)}`
}

const quoted = (text: string): string => `'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`
