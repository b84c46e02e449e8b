// plaintrail notices: what the server has to tell its operators.
import type { Command } from 'commander'
import { isNoticeList, type Notice } from '../answers.ts'
import { terminalText } from '../output/terminal-text.ts'
import type { View } from '../output/view.ts'
import { notPlaintrail } from '../refusal.ts'
import type { RunCommand, Session } from '../session.ts'

export function addNotices(program: Command, run: RunCommand): void {
  program
    .command('notices')
    .summary('what the server has to tell')
    .description('What the server has to tell its operators, newest first.')
    .addHelpText('after', '\nExamples:\n  plaintrail notices\n  plaintrail notices -o jsonl')
    .action((_options: unknown, command: Command) => run(command, notices))
}

async function notices(session: Session): Promise<void> {
  const api = await session.api()
  const answer = await api.get('/v1/notices')
  if (!isNoticeList(answer.value)) throw notPlaintrail(api.url)
  const { data } = answer.value
  if (data.length === 0 && session.format.kind === 'table') return session.note('there are no notices')
  await session.printItems(noticeView(session), { answer, items: data })
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
