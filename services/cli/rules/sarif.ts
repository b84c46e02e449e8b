// sarifText: a report as SARIF 2.1.0, as code hosts and editors read it.
import { createHash } from 'node:crypto'
import type { Severity } from '@plaintrail/rules/rule'
import manifest from '../package.json' with { type: 'json' }
import type { Report, ReportedCase, ReportedRule } from './report.ts'

/** What fails is a result. A result has the same fingerprint as long as its rule, its name and its file are the same. */
export function sarifText({ rules, cases }: Report): string {
  const failed = cases.filter(({ result }) => result !== 'pass')
  const named = new Set(failed.map(({ rule }) => rule))
  const told = [...rules, ruleFile].filter(({ name }) => named.has(name))
  const indexOf = new Map(told.map(({ name }, index) => [name, index]))
  const log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: 'plaintrail', semanticVersion: manifest.version, rules: told.map(descriptor) },
        },
        columnKind: 'unicodeCodePoints',
        results: failed.map((one) => resultOf(one, indexOf.get(one.rule))),
      },
    ],
  }
  return `${JSON.stringify(log, null, 2)}\n`
}

/** Of what is wrong in a file, whatever rule it was to be. */
export const ruleFile: ReportedRule = {
  name: 'rule-file',
  title: 'A rule file that cannot be used',
  description: 'What is wrong in a file of rules.',
  remediation: '',
  severity: 'high',
}

/** As code hosts sort: 9 and more is critical, 7 high, 4 medium. */
const securitySeverities: Readonly<Record<Severity, string>> = {
  info: '0.0',
  low: '2.0',
  medium: '5.0',
  high: '8.0',
  critical: '9.5',
}

function descriptor({ name, title, description, remediation, severity }: ReportedRule): object {
  return {
    id: name,
    shortDescription: { text: title },
    ...(description !== '' && { fullDescription: { text: description } }),
    ...(remediation !== '' && { help: { text: remediation } }),
    properties: { tags: ['security'], 'security-severity': securitySeverities[severity] },
  }
}

function resultOf(one: ReportedCase, ruleIndex: number | undefined): object {
  const { rule, name, level, message, details, file, line, column } = one
  return {
    ruleId: rule,
    ...(ruleIndex !== undefined && { ruleIndex }),
    level,
    message: { text: [message, ...details].join('\n') },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: encodeURI(file).replaceAll(/[?#]/g, encodeURIComponent) },
          region: { startLine: line, startColumn: column },
        },
      },
    ],
    partialFingerprints: {
      'plaintrailCase/v1': createHash('sha256')
        .update(JSON.stringify([rule, name, file]))
        .digest('hex'),
    },
  }
}
