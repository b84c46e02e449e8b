// bashScript: completion for bash 4 or later. Commands and flags stand in it; names are asked for.
import type { CommandWords } from './command-words.ts'

export function bashScript(all: readonly CommandWords[]): string {
  const paths = all.filter(({ path }) => path !== '').map(({ path }) => quoted(path))
  const valued = [
    ...new Set(all.flatMap(({ flags }) => flags.filter((flag) => flag.takesValue).flatMap(({ names }) => names))),
  ]
  const cases = all.map(
    ({ path, subcommands, flags }) =>
      `    ${quoted(path)})\n      subcommands=${quoted(subcommands.map(({ name }) => name).join(' '))}\n      flags=${quoted(flags.flatMap(({ names }) => names).join(' '))} ;;`,
  )
  return `# plaintrail completion for bash: source <(plaintrail completion bash)
_plaintrail() {
  local line=\${COMP_LINE:0:COMP_POINT} path='' subcommands='' flags='' found='' word cut='' one i
  local -a words=()
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  word=\${words[\${#words[@]} - 1]}
  for ((i = 1; i < \${#words[@]} - 1; i++)); do
    one="\${path:+$path }\${words[i]}"
    case $one in
    ${paths.join(' | ')}) path=$one ;;
    esac
  done
  case $path in
${cases.join('\n')}
  esac
  case \${words[\${#words[@]} - 2]} in
  ${valued.join(' | ')}) subcommands='' ;;
  *) [[ $word == -* && $word != *:* ]] && subcommands=$flags ;;
  esac
  if [[ -n $subcommands ]]; then
    found=\${subcommands// /$'\\n'}
  else
    found=$("\${words[0]}" __complete "\${words[@]:1}" 2>/dev/null)
  fi
  # Readline takes a colon and an equals sign for the end of a word: what stands before them is there already.
  [[ $COMP_WORDBREAKS == *:* ]] && cut=\${word%"\${word##*[:=]}"}
  # Bash puts a candidate into the line as it is, and clients choose their names: none with a sign of the shell is offered.
  local odd='[][$\`"'\\''\\\\;&|<>(){}!~*?[:space:]]'
  COMPREPLY=()
  while IFS= read -r one; do
    one=\${one%%$'\\t'*}
    [[ -n $one && $one == "$word"* && \${one#"$word"} != *$odd* ]] || continue
    COMPREPLY+=("\${one#"$cut"}")
    [[ $one == *[:/,] ]] && compopt -o nospace
  done <<<"$found"
}
complete -o nosort -F _plaintrail plaintrail
`
}

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`
