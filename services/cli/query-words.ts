// withNegations: arguments in which `-actor:alice` is a part of the query, as people write it, and no flags.
import type { Command, Option } from 'commander'

/** Commands whose trailing words are a query. */
const asking = new Set(['events', 'actors', 'activity', 'sessions', 'tail', 'export', 'explain', 'complete'])
/** `-ns:prod`, `-user-agent:argocd`, `-(a OR b)`: no option of ours is written so. */
const negated = /^-(?=[A-Za-z][A-Za-z_-]+:|\()/

/**
 * `NOT` means what `-` means and cannot be taken for a flag. The value of an option stays as it is, but is tied to it
 * where it begins with a minus: else commander sees flags of the whole program in it.
 */
export function withNegations(args: readonly string[], program: Command): readonly string[] {
  if (!args.some((arg) => asking.has(arg))) return args
  const longNames = new Map(optionsOf(program).flatMap(namesOf))
  const end = args.indexOf('--')
  const words: string[] = []
  for (const [index, arg] of args.entries()) {
    const option = end !== -1 && index > end ? undefined : longNames.get(args[index - 1] ?? '')
    if (option === undefined) words.push(end !== -1 && index > end ? arg : arg.replace(negated, 'NOT '))
    else if (arg.startsWith('-')) words.splice(-1, 1, `${option}=${arg}`)
    else words.push(arg)
  }
  return words
}

/** Each name of an option that takes a value, with its long one. */
function namesOf({ short, long, required }: Option): readonly (readonly [string, string])[] {
  if (!required || long === undefined || long === null) return []
  return [short, long].flatMap((name) => (name === undefined || name === null ? [] : [[name, long] as const]))
}

function optionsOf(command: Command): readonly Option[] {
  return [...command.options, ...command.commands.flatMap(optionsOf)]
}
