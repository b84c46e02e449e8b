// plaintrail quarantine: what arrived and could not be read as an event, with the reason.
import type { Command } from 'commander'
import { isQuarantine, type Quarantined } from '../answers.ts'
import { terminalText } from '../output/terminal-text.ts'
import type { View } from '../output/view.ts'
import { notPlaintrail } from '../refusal.ts'
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
  const answer = await api.get('/v1/quarantine')
  if (!isQuarantine(answer.value)) throw notPlaintrail(api.url)
  const { data } = answer.value
  if (data.length === 0 && session.format.kind === 'table') return session.note('nothing is in quarantine')
  await session.printItems(quarantineView(session), { answer, items: data })
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
