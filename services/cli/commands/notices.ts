// plaintrail notices: what the server has to tell its operators.
import type { Command } from 'commander'
import { isNoticeList, type Notice } from '../answers.ts'
import { terminalText } from '../output/terminal-text.ts'
import type { View } from '../output/view.ts'
import {
  addClusterListOptions,
  clusterListQuery,
  printShortList,
  type ClusterListOptions,
} from '../print-short-list.ts'
import type { RunCommand, Session } from '../session.ts'

export function addNotices(program: Command, run: RunCommand): void {
  const command = program
    .command('notices')
    .summary('what the server has to tell')
    .description('What the server has to tell its operators, newest first.')
    .addHelpText('after', '\nExamples:\n  plaintrail notices --since 7d\n  plaintrail notices --all -o jsonl')
    .action((options: ClusterListOptions, self: Command) => run(self, (session) => notices(session, options)))
  addClusterListOptions(command)
}

async function notices(session: Session, options: ClusterListOptions): Promise<void> {
  const [path, query, view] = ['/v1/notices', clusterListQuery(options), noticeView(session)]
  await printShortList(session, { path, query, isList: isNoticeList, view, none: 'there are no notices' }, options)
}

const noticeView = (session: Session): View<Notice> => ({
  columns: [
    { title: 'WHEN', cell: ({ time }) => terminalText(session.when(time)) },
    { title: 'CLUSTER', cell: ({ cluster }) => terminalText(cluster ?? '-') },
    { title: 'KIND', cell: ({ kind }) => terminalText(kind) },
    { title: 'DETAIL', cell: ({ detail }) => terminalText(detail) },
  ],
  nameOf: ({ id }) => id,
})
