// plaintrail exceptions: what is not to count in what rules find.
import type { Command } from 'commander'
import { readLater } from '../later-time.ts'
import { terminalText } from '../output/terminal-text.ts'
import type { View } from '../output/view.ts'
import { addShortListOptions, printShortList, type ShortListOptions } from '../print-short-list.ts'
import { notPlaintrail } from '../refusal.ts'
import { isException, isExceptionList, type Exception } from '../rule-answers.ts'
import type { RunCommand, Session } from '../session.ts'

interface ListOptions extends ShortListOptions {
  readonly rule?: string
  readonly ended?: true
}

interface AddOptions {
  readonly reason: string
  readonly owner?: string
  readonly until?: string
}

export function addExceptions(program: Command, run: RunCommand): void {
  const exceptions = program
    .command('exceptions')
    .summary('what is not to count in what rules find')
    .description(
      'What is not to count in what rules find: events are kept, and count again when the exception expires or is deleted (docs/rules.md).',
    )
  const list = exceptions
    .command('list', { isDefault: true })
    .summary('exceptions, newest first')
    .description('Exceptions that hold, newest first, and how many requests each hides.')
    .option('--rule <name>', 'of this rule')
    .option('--ended', 'those that hold no more, too')
    .addHelpText(
      'after',
      '\nExamples:\n  plaintrail exceptions list --rule exec-into-prod\n  plaintrail exceptions list --ended --all',
    )
    .action((options: ListOptions, self: Command) => run(self, (session) => listExceptions(session, options)))
  addShortListOptions(list)
  exceptions
    .command('add')
    .summary('hide what a query means from a rule')
    .description(
      'Hides what a query means from a rule: what comes, and within seconds what was found already. The query is about what stands in the event itself.',
    )
    .argument('<rule>', 'the name of a rule')
    .argument('<query>', "what does not count: 'actor:sa:ci/* ns:build'")
    .requiredOption('--reason <text>', 'why')
    .option('--owner <name>', 'who answers for it')
    .option('--until <time>', 'until then: 30d, 2026-12-31 (default: until it is deleted)')
    .addHelpText(
      'after',
      "\nExamples:\n  plaintrail exceptions add exec-into-prod 'actor:sa:ci/*' --reason 'robots' --until 30d",
    )
    .action((rule: string, query: string, options: AddOptions, self: Command) =>
      run(self, (session) => addOne(session, rule, query, options)),
    )
  exceptions
    .command('delete')
    .summary('end exceptions')
    .description('Ends exceptions. What they hid counts again within seconds, and opens what was resolved.')
    .argument('<exception...>', 'their ids: exc_…')
    .addHelpText('after', '\nExamples:\n  plaintrail exceptions delete exc_12')
    .action((ids: readonly string[], _options: unknown, self: Command) =>
      run(self, (session) => deleteEach(session, ids)),
    )
}

async function listExceptions(session: Session, { rule, ended, ...options }: ListOptions): Promise<void> {
  const query = { rule, holds: ended === true ? undefined : 'true' }
  const view = exceptionView(session)
  const none = 'there are no exceptions'
  await printShortList(session, { path: '/v1/exceptions', query, isList: isExceptionList, view, none }, options)
}

const exceptionView = (session: Session): View<Exception> => ({
  columns: [
    { title: 'EXCEPTION', cell: ({ id }) => terminalText(id), look: 'bold' },
    { title: 'RULE', cell: ({ rule }) => terminalText(rule) },
    { title: 'ENDS', cell: (one) => terminalText(endOf(session, one)) },
    { title: 'HIDES', cell: ({ hides }) => String(hides.requests) },
    { title: 'FINDINGS', cell: ({ hides }) => String(hides.findings), isWide: true },
    { title: 'MADE', cell: (one) => terminalText(session.when(one.created_at)), isWide: true },
    { title: 'BY', cell: (one) => terminalText(one.created_by), isWide: true },
    { title: 'OWNER', cell: ({ owner }) => terminalText(owner ?? '-') },
    { title: 'WHAT', cell: ({ match }) => terminalText(match) },
    { title: 'WHY', cell: ({ reason }) => terminalText(reason) },
  ],
  nameOf: ({ id }) => id,
})

function endOf(session: Session, { holds, ended_at: ended, expires_at: expires }: Exception): string {
  if (!holds) return `ended ${session.when(ended ?? '')}`
  return expires === null ? 'never' : session.clock(expires)
}

async function addOne(session: Session, rule: string, match: string, options: AddOptions): Promise<void> {
  const { reason, owner = null, until } = options
  const expires = until === undefined ? null : readLater('--until', until, session.io.nowMs())
  const api = await session.api()
  const answer = await api.post('/v1/exceptions', { rule, match, reason, owner, expires_at: expires })
  if (!isException(answer.value)) throw notPlaintrail(api.url)
  await session.printItems(exceptionView(session), { answer, items: [answer.value] })
  if (answer.value.applying)
    await session.note('what was found already is hidden within seconds: plaintrail exceptions list says how much')
}

async function deleteEach(session: Session, ids: readonly string[]): Promise<void> {
  const api = await session.api()
  for (const id of ids) {
    await api.delete('/v1/exceptions/{id}', { path: { id } })
    await session.note(terminalText(`${id} has ended; what it hid counts again`))
  }
}
