// githubCommands: a report as workflow commands, which GitHub shows beside the lines that they are about.
import type { Report, ReportedCase } from './report.ts'

const words = { error: 'error', warning: 'warning', note: 'notice' } as const

export function githubCommands({ cases }: Report): string {
  return cases
    .filter(({ result }) => result !== 'pass')
    .map(commandOf)
    .join('')
}

function commandOf({ rule, name, level, message, details, file, line, column }: ReportedCase): string {
  const properties = { file, line: String(line), col: String(column), title: `${rule}: ${name}` }
  const written = Object.entries(properties).map(([key, value]) => `${key}=${escapedProperty(value)}`)
  return `::${words[level]} ${written.join(',')}::${escapedData([message, ...details].join('\n'))}\n`
}

const escapedData = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')

const escapedProperty = (text: string): string => escapedData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
