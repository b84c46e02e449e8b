// plaintrail actor: what is known of who asked: what for, with what, from where, and what was new about it.
import type { Command } from 'commander'
import { isActorAnswer, isEventPage, isFirstsAnswer, type Actor } from '../answers.ts'
import { actorView } from '../actor-view.ts'
import type { Api, Query } from '../api.ts'
import { windowOptions } from '../ask.ts'
import { CliError } from '../cli-error.ts'
import { askedByDefault } from '../defaults.ts'
import { eventView } from '../event-views.ts'
import { terminalText } from '../output/terminal-text.ts'
import { notPlaintrail } from '../refusal.ts'
import { collect, readCount, type RunCommand, type Session } from '../session.ts'

interface ActorOptions {
  readonly cluster?: readonly string[]
  readonly since?: string
  readonly until?: string
  readonly limit: string
}

const limitMax = 1000
const changeClasses = ['write', 'connect']

export function addActor(program: Command, run: RunCommand): void {
  program
    .command('actor')
    .summary('what is known of one who asked')
    .description(
      'One actor: since when it is known, what it asked for in the window, with which programs and from where, what it did for the first time, and its last changes.',
    )
    .argument('<name>', 'alice@acme.io, sa:ci/deployer, or an id: act_…')
    .option('-c, --cluster <name>', 'its changes in this cluster only (repeatable)', collect)
    .option(windowOptions.since.flags, windowOptions.since.about)
    .option(windowOptions.until.flags, windowOptions.until.about)
    .option('--limit <count>', 'so many of its changes', '10')
    .addHelpText(
      'after',
      '\nExamples:\n  plaintrail actor alice@acme.io --since 30d\n  plaintrail actor sa:ci/deployer -o json',
    )
    .action((name: string, options: ActorOptions, command: Command) =>
      run(command, (session) => showActor(session, name, options)),
    )
}

async function showActor(session: Session, given: string, options: ActorOptions): Promise<void> {
  const limit = readCount('--limit', options.limit, 1, limitMax)
  const { since, until } = options
  const inPath = { id: wholeName(given) }
  const said = { cluster: options.cluster !== undefined, namespace: true, query: true }
  const cluster = options.cluster ?? (await askedByDefault(session, said)).clusters
  const api = await session.api()
  const answer = await api.get('/v1/actors/{id}', { path: inPath, query: { since, until, cluster } })
  if (!isActorAnswer(answer.value)) throw notPlaintrail(api.url)
  const actor = answer.value.data
  if (session.format.kind !== 'table' && session.format.kind !== 'wide') {
    await session.printItems(actorView(session), { answer, items: [actor] })
    return
  }
  await session.print(
    `${session.style('bold', terminalText(actor.name || '(not authenticated)'))}  (${terminalText(actor.type)})\n\n`,
  )
  for (const [label, value] of facts(session, actor))
    await session.print(`${session.style('dim', label.padEnd('last seen'.length))}  ${value}\n`)
  await printFirsts(session, api, inPath, { since, until })
  await printChanges(session, api, { actor: literal(actor.name), class: changeClasses, cluster, since, until, limit })
}

function facts(session: Session, actor: Actor): readonly (readonly [label: string, value: string])[] {
  const counts = (all: Readonly<Record<string, number>>): string =>
    Object.entries(all)
      .filter(([, count]) => count > 0)
      .map(([what, count]) => `${count} ${what}`)
      .join(', ')
  const named = (all: Actor['clients']): string => all.map(({ value, count }) => `${value} (${count})`).join(', ')
  const rows: readonly (readonly [string, string])[] = [
    ['id', actor.id],
    ['known', `since ${session.when(actor.first_seen)}`],
    ['last seen', session.when(actor.last_seen)],
    ['asked', `${actor.requests} in the window: ${counts(actor.by_class) || 'nothing'}`],
    ['outcome', counts(actor.by_outcome) || '-'],
    ['with', named(actor.clients) || '-'],
    ['from', named(actor.ips) || '-'],
  ]
  return rows.map(([label, value]) => [label, terminalText(value)])
}

async function printFirsts(
  session: Session,
  api: Api,
  path: { readonly id: string },
  query: { readonly since: string | undefined; readonly until: string | undefined },
): Promise<void> {
  const { value } = await api.get('/v1/actors/{id}/firsts', { path, query })
  if (!isFirstsAnswer(value)) throw notPlaintrail(api.url)
  const { compared_since: comparedSince } = value.meta
  await session.print(`\n${session.style('bold', 'For the first time')}\n`)
  if (value.data.length === 0) return session.print('nothing in this window\n')
  await session.printTable(
    ['WHEN', 'WHAT', 'VALUE', 'EVENT'],
    value.data.map((first) => [session.when(first.time), first.what, first.value, first.event].map(terminalText)),
    [null, 'dim', 'bold', 'dim'],
  )
  if (comparedSince !== null)
    await session.warn(terminalText(`! compared with what is stored since ${comparedSince} only: the time was up`))
}

async function printChanges(session: Session, api: Api, query: Query): Promise<void> {
  const answer = await api.getList('/v1/events', query)
  if (!isEventPage(answer.value)) throw notPlaintrail(api.url)
  await session.print(`\n${session.style('bold', 'Its last changes')}\n`)
  if (answer.value.data.length === 0) return session.print('none in this window\n')
  await session.printItems(eventView(session), { answer, items: answer.value.data })
}

/** `sa:ci/deployer` is how we write service accounts. */
export function wholeName(name: string): string {
  if (name === '')
    throw new CliError('usage', 'could not ask for an actor without a name', { hint: 'Name one: alice@acme.io.' })
  return name.replace(/^sa:([^:/]+)\/([^:/]+)$/, 'system:serviceaccount:$1:$2')
}

/** A comma would be two values, and a star any text. */
const literal = (value: string): string => value.replaceAll(/[\\,]/g, String.raw`\$&`)
