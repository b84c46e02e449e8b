// runReport: a run of rules as a report, each finding where its last event stands.
import type { Severity } from '@plaintrail/rules/rule'
import type { FileRule } from './read-rule-files.ts'
import type { Report, ReportedCase } from './report.ts'
import type { RunOutcome } from './rule-run.ts'

const levels: Readonly<Record<Severity, ReportedCase['level']>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
}

/** Rules that found nothing passed. */
export function runReport({ findings, results }: RunOutcome, rules: readonly FileRule[], seconds: number): Report {
  const found = findings.map(({ finding, events }): ReportedCase => {
    const { rule, summary, remediation, commands } = finding
    const { file, line } = events.at(-1) ?? { file: '', line: 1 }
    const details = [remediation, ...commands].filter((text) => text !== '')
    const what = { name: summary, message: summary, details, file, line, column: 1 }
    return { rule: rule.name, result: 'fail', level: levels[rule.severity], ...what }
  })
  const wrong = results
    .filter(({ result }) => result === 'error')
    .map(({ rule, summary, event: { file, line } }): ReportedCase => {
      const message = `the rule went wrong: ${summary}`
      return { rule, name: 'error', result: 'fail', level: 'error', message, details: [], file, line, column: 1 }
    })
  const failed = new Set([...found, ...wrong].map(({ rule }) => rule))
  const passed = rules
    .filter(({ rule }) => !failed.has(rule.name))
    .map(({ rule, file, at }): ReportedCase => {
      const nothing = { name: 'nothing found', message: '', details: [], level: 'note' } as const
      return { rule: rule.name, result: 'pass', ...nothing, file, ...at }
    })
  return { command: 'rules run', rules: rules.map(({ rule }) => rule), cases: [...found, ...wrong, ...passed], seconds }
}
