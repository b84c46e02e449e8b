// plaintrail findings: what rules found.
import type { Command } from 'commander'
import type { RunCommand } from '../session.ts'
import { addFindingsList } from './findings-list.ts'
import { addFindingsShow } from './findings-show.ts'
import { addFindingsTriage } from './findings-triage.ts'

export function addFindings(program: Command, run: RunCommand): void {
  const findings = program
    .command('findings')
    .summary('what rules found, and what is made of it')
    .description(
      'What rules found: one finding for each cluster, rule and group, however many events are behind it (docs/rules.md).',
    )
    .addHelpText('after', helpText)
  addFindingsList(findings, run)
  addFindingsShow(findings, run)
  addFindingsTriage(findings, run)
}

const helpText = `
Examples:
  plaintrail findings list --severity '>=high' --since 7d
  plaintrail findings show fnd_2E12C3P4D302ZWR6GAHV0SPHYC
  plaintrail findings ignore fnd_2E12C3P4D302ZWR6GAHV0SPHYC --reason expected --until 7d`
