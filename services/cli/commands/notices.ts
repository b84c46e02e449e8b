// plaintrail notices: what the server has to tell its operators.
import type { Command } from 'commander'
import { isNoticeList } from '../answers.ts'
import { notPlaintrail } from '../api-client.ts'
import { terminalText } from '../output/terminal-text.ts'
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
  const answer = await api.getJson('/v1/notices')
  if (!isNoticeList(answer.value)) throw notPlaintrail(api.url)
  const { data } = answer.value
  if (session.format !== 'table')
    return session.printAnswer(session.format, { answer, items: data, names: data.map(({ id }) => id) })
  if (data.length === 0) return session.note('there are no notices')
  const rows = data.map(({ time, cluster, kind, detail }) => [
    session.when(time),
    terminalText(cluster ?? '-'),
    terminalText(kind),
    terminalText(detail),
  ])
  await session.printTable(['WHEN', 'CLUSTER', 'KIND', 'DETAIL'], rows)
}
