// plaintrail events: the events that match.
import type { Command } from 'commander'
import { isEventPage } from '../answers.ts'
import { addAskOptions, askedQuery, type AskOptions } from '../ask.ts'
import { eventView } from '../event-views.ts'
import { addListOptions, printList, type ListOptions } from '../print-list.ts'
import type { RunCommand, Session } from '../session.ts'

interface EventsOptions extends AskOptions, ListOptions {
  readonly changes?: true
  readonly findings?: true
}

/** What an event of a list has beside it, where it is asked for. */
const historyIncludes = ['changes', 'initiator']

export function addEvents(program: Command, run: RunCommand): void {
  const command = program
    .command('events')
    .summary('the events that match')
    .description(
      'The events that match the query and every flag. A flag repeated, or with commas, gives alternatives; * stands for any text. Quote what your shell would read itself: spaces, ( ) > and *.',
    )
  addAskOptions(command)
  addListOptions(command)
  command
    .option('--changes', 'what differs by each write, and who is behind it, where history knows')
    .option('--findings', 'which findings each is a part of')
    .addHelpText('after', helpText)
    .action((words: readonly string[], options: EventsOptions, self: Command) =>
      run(self, (session) => events(session, words, options)),
    )
}

const helpText = `
Examples:
  plaintrail events is:human is:write ns:shop --since 2h
  plaintrail events 'is:write (kind:rolebindings OR sub:token) -actor:system:*' --since 7d
  plaintrail events --kind secrets --outcome denied --since 2026-11-20/P1D -o jsonl --all`

async function events(session: Session, words: readonly string[], options: EventsOptions): Promise<void> {
  const asked = await askedQuery(session, words, options)
  const hasFindings = options.findings === true
  const include = [...(options.changes === true ? historyIncludes : []), ...(hasFindings ? ['findings'] : [])]
  const query = include.length > 0 ? { ...asked, include } : asked
  const view = eventView(session, { hasFindings })
  await printList(
    session,
    { path: '/v1/events', query, isPage: isEventPage, view, nouns: ['event', 'events'] },
    options,
  )
}
