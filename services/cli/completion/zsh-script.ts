// zshScript: completion for zsh. Commands and flags stand in it; names are asked for.
import type { CommandWords } from './command-words.ts'

export function zshScript(all: readonly CommandWords[]): string {
  const paths = all.filter(({ path }) => path !== '').map(({ path }) => quoted(path))
  const valued = [
    ...new Set(all.flatMap(({ flags }) => flags.filter((flag) => flag.takesValue).flatMap(({ names }) => names))),
  ]
  const cases = all.map(({ path, subcommands, flags }) => {
    const subcommandLines = subcommands.map(({ name, about }) => quoted(`${name}\t${about}`))
    const flagLines = flags.flatMap(({ names, about }) => names.map((name) => quoted(`${name}\t${about}`)))
    return `    ${quoted(path)})\n      subcommands=(${subcommandLines.join(' ')})\n      flags=(${flagLines.join(' ')}) ;;`
  })
  return `#compdef plaintrail
# plaintrail completion for zsh: plaintrail completion zsh > "\${fpath[1]}/_plaintrail"
_plaintrail() {
  local command_path='' word=$words[CURRENT] one tab=$'\\t'
  local -a subcommands flags lines names shown
  local -i i
  for ((i = 2; i < CURRENT; i++)); do
    one="\${command_path:+$command_path }$words[i]"
    case $one in
    ${paths.join(' | ')}) command_path=$one ;;
    esac
  done
  case $command_path in
${cases.join('\n')}
  esac
  case $words[CURRENT-1] in
  ${valued.join(' | ')}) subcommands=() ;;
  *) [[ $word == -* && $word != *:* ]] && subcommands=("\${flags[@]}") ;;
  esac
  if ((\${#subcommands})); then
    lines=("\${subcommands[@]}")
  else
    lines=("\${(@f)$("\${words[1]}" __complete "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  fi
  for one in "\${lines[@]}"; do
    [[ -n $one ]] || continue
    names+=("\${one%%$tab*}")
    shown+=("\${one/$tab/  -- }")
  done
  ((\${#names})) || return 1
  # A word that ends with a colon, a comma or a slash goes on.
  if [[ $names[1] == *[:,/] ]]; then
    compadd -S '' -l -d shown -- "\${names[@]}"
  else
    compadd -l -d shown -- "\${names[@]}"
  fi
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _plaintrail "$@"
else
  compdef _plaintrail plaintrail
fi
`
}

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`
