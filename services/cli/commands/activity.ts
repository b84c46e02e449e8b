// plaintrail activity: what one person did, as stretches of work, and with --commands what they most likely typed.
import type { Command } from 'commander'
import { isActivityPage, type Activity } from '../answers.ts'
import { addAskOptions, askedQuery, type AskOptions } from '../ask.ts'
import type { Query } from '../api.ts'
import { terminalText } from '../output/terminal-text.ts'
import type { View } from '../output/view.ts'
import { duration } from '../output/when.ts'
import { isComplete, pages, requireComplete, warnIncomplete } from '../pages.ts'
import { addListOptions, printList, type ListOptions } from '../print-list.ts'
import { readCount, type RunCommand, type Session } from '../session.ts'
import { wholeName } from './actor.ts'

interface ActivityOptions extends AskOptions, ListOptions {
  readonly commands?: true
}

const limitMax = 1000

export function addActivity(program: Command, run: RunCommand): void {
  const command = program
    .command('activity')
    .summary('what one person did, stretch by stretch')
    .description(
      'The requests of one actor as stretches of work, the last one first: of one credential from one address, each at most 30 minutes after the one before. With --commands also the kubectl commands that most likely made them; a ~ stands before one where another command could have made the same calls.',
    )
    .argument('<actor>', 'alice@acme.io, sa:ci/deployer, or an id: act_…')
  addAskOptions(command)
  addListOptions(command, { hasOrder: false })
  command
    .option('--commands', 'the commands under each stretch')
    .addHelpText('after', helpText)
    .action((actor: string, words: readonly string[], options: ActivityOptions, self: Command) =>
      run(self, (session) => activity(session, actor, words, options)),
    )
}

const helpText = `
Examples:
  plaintrail activity alice@acme.io --since 7d
  plaintrail activity alice@acme.io is:write --commands
  plaintrail activity sa:ci/deployer -c prod -o json`

async function activity(
  session: Session,
  actor: string,
  words: readonly string[],
  options: ActivityOptions,
): Promise<void> {
  const path = `/v1/actors/${encodeURIComponent(wholeName(actor))}/activity`
  const query = await askedQuery(session, words, options)
  // What is read by programs has the commands anyway.
  const isTable = session.format.kind === 'table' || session.format.kind === 'wide'
  if (options.commands === true && isTable) return await printCommands(session, path, query, options)
  const asked = { path, query, isPage: isActivityPage, view: activityView(session) }
  await printList(session, { ...asked, nouns: ['stretch', 'stretches'] }, options)
}

function activityView(session: Session): View<Activity> {
  return {
    columns: [
      { title: 'WHEN', cell: ({ started }) => session.clock(started) },
      { title: 'LASTED', cell: lastedWords },
      { title: 'FROM', cell: fromWords, look: 'dim' },
      { title: 'WITH', cell: ({ clients }) => terminalText(clients.join(', ') || '-'), look: 'dim', isWide: true },
      { title: 'CREDENTIAL', cell: ({ credential }) => terminalText(credential ?? '-'), look: 'dim', isWide: true },
      { title: 'CLUSTERS', cell: ({ clusters }) => terminalText(clusters.join(', ')), look: 'dim', isWide: true },
      { title: 'REQUESTS', cell: ({ requests }) => String(requests), isWide: true },
      { title: 'EVENT', cell: ({ id }) => terminalText(id), look: 'dim', isWide: true },
      { title: 'WHAT', cell: whatWords },
    ],
    nameOf: ({ id }) => id,
    sentenceOf: whatWords,
  }
}

const lastedWords = ({ duration_us: us }: Activity): string => duration(us)
const fromWords = ({ ip }: Activity): string => terminalText(ip ?? '-')

/** The sentence, and that the window shows not all of it. */
function whatWords({ sentence, began_before: before, went_on: after }: Activity): string {
  const edges = [...(before ? ['began before the window'] : []), ...(after ? ['went on after it'] : [])]
  return terminalText(edges.length === 0 ? sentence : `${sentence} (${edges.join(', ')})`)
}

async function printCommands(session: Session, path: string, asked: Query, options: ActivityOptions): Promise<void> {
  const { all, limit = all === true ? String(limitMax) : undefined } = options
  if (limit !== undefined) readCount('--limit', limit, 1, limitMax)
  const api = await session.api()
  let total = 0
  let isWhole = true
  for await (const { page } of pages(api, path, { ...asked, limit }, isActivityPage)) {
    for (const stretch of page.data) await printStretch(session, stretch, total++ > 0)
    isWhole &&= all === true ? page.meta.coverage.complete : isComplete(page.meta)
    if (all === true && page.has_more) continue
    await warnIncomplete(session, page.meta)
    const more = page.has_more ? ' · more with --all or --limit' : ''
    await session.note(terminalText(`${total} ${total === 1 ? 'stretch' : 'stretches'} · ${session.zoneWords}${more}`))
    break
  }
  requireComplete(session, isWhole)
}

async function printStretch(session: Session, stretch: Activity, isNext: boolean): Promise<void> {
  const { started, commands, commands_count: count } = stretch
  const head = [
    session.style('bold', session.clock(started)),
    session.style('dim', fromWords(stretch)),
    whatWords(stretch),
  ]
  await session.print(`${isNext ? '\n' : ''}${head.join('  ')}\n`)
  for (const { time, line, sure } of commands) {
    const mark = sure || !line.startsWith('kubectl ') ? ' ' : '~'
    await session.print(`  ${session.style('dim', session.clock(time))} ${mark} ${terminalText(line)}\n`)
  }
  const left = count - commands.length
  if (left > 0) await session.print(`  ${session.style('dim', `and ${left} more`)}\n`)
}
