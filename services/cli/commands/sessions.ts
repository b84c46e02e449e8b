// plaintrail sessions: shells and other connections into something running, open or ended.
import { Option, type Command } from 'commander'
import { isSessionPage, type Connection } from '../answers.ts'
import { addAskOptions, askedQuery, type AskOptions } from '../ask.ts'
import { fromWords, howWords, whoWords } from '../output/event-words.ts'
import { terminalText } from '../output/terminal-text.ts'
import type { View } from '../output/view.ts'
import { duration } from '../output/when.ts'
import { addListOptions, printList, type ListOptions } from '../print-list.ts'
import type { RunCommand, Session } from '../session.ts'

interface SessionsOptions extends AskOptions, ListOptions {
  readonly state?: string
}

export function addSessions(program: Command, run: RunCommand): void {
  const command = program
    .command('sessions')
    .summary('shells and other connections, open or ended')
    .description(
      'exec, attach, port-forward and upgraded proxy connections that were let in. Open: no end was seen, and nothing says that it could have been missed. End unknown: something does, and it is told what.',
    )
  addAskOptions(command)
  addListOptions(command)
  command
    .addOption(new Option('--state <state>', 'only these').choices(['open', 'ended', 'unknown']))
    .addHelpText('after', helpText)
    .action((words: readonly string[], options: SessionsOptions, self: Command) =>
      run(self, (session) => sessions(session, words, options)),
    )
}

const helpText = `
Examples:
  plaintrail sessions --state open
  plaintrail sessions is:human ns:prod 'took:>10m' --since 30d`

async function sessions(session: Session, words: readonly string[], options: SessionsOptions): Promise<void> {
  const query = { ...(await askedQuery(session, words, options)), state: options.state }
  const asked = { path: '/v1/sessions', query, isPage: isSessionPage, view: sessionView(session) }
  await printList(session, { ...asked, nouns: ['session', 'sessions'] }, options)
}

function sessionView(session: Session): View<Connection> {
  return {
    columns: [
      { title: 'STARTED', cell: ({ started }) => (started === null ? 'no time' : session.clock(started)) },
      { title: 'CLUSTER', cell: ({ cluster }) => terminalText(cluster), look: 'dim' },
      { title: 'WHO', cell: ({ actor }) => whoWords(actor), look: 'bold' },
      { title: 'KIND', cell: ({ kind }) => terminalText(kind) },
      { title: 'NS', cell: ({ object }) => terminalText(object.namespace) || '-', look: 'dim' },
      { title: 'POD', cell: ({ object }) => terminalText(object.name) },
      { title: 'CONTAINER', cell: ({ container }) => terminalText(container ?? '-'), isWide: true },
      { title: 'STATE', cell: stateWords },
      { title: 'LASTED', cell: (one) => lastedWords(session, one) },
      { title: 'HOW', cell: ({ source }) => howWords(source), look: 'dim', isWide: true },
      { title: 'FROM', cell: ({ source }) => fromWords(source), look: 'dim', isWide: true },
      { title: 'EVENT', cell: ({ id }) => terminalText(id), look: 'dim', isWide: true },
      { title: 'WHAT', cell: ({ command, ports }) => terminalText(command ?? ports ?? '-') },
    ],
    nameOf: ({ id }) => id,
  }
}

const reasons: Readonly<Record<string, string>> = {
  too_old: 'over a day ago',
  gap: 'events missing',
  api_server_restarted: 'API server restarted',
  unreadable_event: 'an event unread',
}

function stateWords({ state, reason }: Connection): string {
  if (state !== 'unknown') return terminalText(state)
  return terminalText(reason === null ? 'end unknown' : `end unknown (${reasons[reason] ?? reason})`)
}

/** Of an open one how long it has been so until now. */
function lastedWords({ io }: Session, { state, started, durationUs }: Connection): string {
  if (durationUs !== null) return duration(durationUs)
  if (state !== 'open' || started === null) return '-'
  const ms = io.nowMs() - Date.parse(started)
  return ms < 0 ? '-' : `${duration(ms * 1_000)} so far`
}
