// readFailOn: for which severities a command fails, as --fail-on says.
import { severities, type Severity } from '@plaintrail/query/severities'
import { CliError } from '../cli-error.ts'

/** `high`, `severity:high`, `severity>=high`. Throws CliError. */
export function readFailOn(text: string): (severity: Severity) => boolean {
  const [, sign = '=', word = ''] = /^(?:severity\s*(>=|>|<=|<|=|:)\s*:?)?([a-z]+)$/.exec(text.trim()) ?? []
  const named = severities.findIndex((severity) => severity === word)
  if (named === -1)
    throw new CliError('usage', `could not read --fail-on "${text}"`, {
      hint: `Write 'severity>=high', in quotes for the shell. Severities are ${severities.join(', ')}.`,
    })
  return (severity) => holds(sign, severities.indexOf(severity) - named)
}

function holds(sign: string, difference: number): boolean {
  switch (sign) {
    case '>=':
      return difference >= 0
    case '>':
      return difference > 0
    case '<=':
      return difference <= 0
    case '<':
      return difference < 0
    default:
      return difference === 0
  }
}
