// plaintrail quarantine: what arrived and could not be read as an event, with the reason.
import type { Command } from 'commander'
import { isQuarantine } from '../answers.ts'
import { notPlaintrail } from '../api-client.ts'
import { terminalText } from '../output/terminal-text.ts'
import type { RunCommand, Session } from '../session.ts'

export function addQuarantine(program: Command, run: RunCommand): void {
  program
    .command('quarantine')
    .summary('what could not be read')
    .description('What arrived and could not be read as an event. Its bytes are kept.')
    .command('list', { isDefault: true })
    .summary('what is in quarantine, and why')
    .description('What is in quarantine, and why.')
    .addHelpText('after', '\nExamples:\n  plaintrail quarantine list\n  plaintrail quarantine list -o jsonl')
    .action((_options: unknown, command: Command) => run(command, quarantine))
}

async function quarantine(session: Session): Promise<void> {
  const api = await session.api()
  const answer = await api.getJson('/v1/quarantine')
  if (!isQuarantine(answer.value)) throw notPlaintrail(api.url)
  const { data } = answer.value
  if (session.format !== 'table')
    return session.printAnswer(session.format, { answer, items: data, names: data.map(({ id }) => id) })
  if (data.length === 0) return session.note('nothing is in quarantine')
  const rows = data.map((item) => [
    item.time === null ? 'no time' : session.when(item.time),
    terminalText(item.cluster ?? '-'),
    terminalText(item.reason),
    `${item.size} B`,
    terminalText(item.id),
    terminalText(item.detail ?? ''),
  ])
  await session.printTable(['WHEN', 'CLUSTER', 'REASON', 'SIZE', 'ID', 'DETAIL'], rows)
}
