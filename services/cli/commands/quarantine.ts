// plaintrail quarantine: what arrived and could not be read as an event, with the reason.
import type { Command } from 'commander'
import { isQuarantine, type Quarantined } from '../answers.ts'
import { terminalText } from '../output/terminal-text.ts'
import type { View } from '../output/view.ts'
import {
  addClusterListOptions,
  clusterListQuery,
  printShortList,
  type ClusterListOptions,
} from '../print-short-list.ts'
import type { RunCommand, Session } from '../session.ts'

export function addQuarantine(program: Command, run: RunCommand): void {
  const command = program
    .command('quarantine')
    .summary('what could not be read')
    .description('What arrived and could not be read as an event. Its bytes are kept.')
    .command('list', { isDefault: true })
    .summary('what is in quarantine, and why')
    .description('What is in quarantine, and why.')
    .addHelpText(
      'after',
      '\nExamples:\n  plaintrail quarantine list -c prod-eu --since 7d\n  plaintrail quarantine list --all -o jsonl',
    )
    .action((options: ClusterListOptions, self: Command) => run(self, (session) => quarantine(session, options)))
  addClusterListOptions(command)
}

async function quarantine(session: Session, options: ClusterListOptions): Promise<void> {
  const [path, query, view] = ['/v1/quarantine', clusterListQuery(options), quarantineView(session)]
  await printShortList(session, { path, query, isList: isQuarantine, view, none: 'nothing is in quarantine' }, options)
}

const quarantineView = (session: Session): View<Quarantined> => ({
  columns: [
    { title: 'WHEN', cell: ({ time }) => (time === null ? 'no time' : terminalText(session.when(time))) },
    { title: 'CLUSTER', cell: ({ cluster }) => terminalText(cluster ?? '-') },
    { title: 'REASON', cell: ({ reason }) => terminalText(reason) },
    { title: 'SIZE', cell: ({ size }) => `${size} B` },
    { title: 'ID', cell: ({ id }) => terminalText(id) },
    { title: 'DETAIL', cell: ({ detail }) => terminalText(detail ?? '') },
  ],
  nameOf: ({ id }) => id,
})
