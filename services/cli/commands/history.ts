// plaintrail history: the revisions of an object: who wrote each, when and how, what it changed, and how far that is known.
import type { Command } from 'commander'
import type { Answer, Api } from '../api.ts'
import { isRevisionPage, type Lifetime, type Revision, type RevisionPage } from '../history-answers.ts'
import { displayWidth, terminalText } from '../output/terminal-text.ts'
import type { View } from '../output/view.ts'
import { requireComplete } from '../pages.ts'
import { notPlaintrail } from '../refusal.ts'
import { boundaryWords, isOnlyNoise, revisionView } from '../revision-view.ts'
import { readCount, type Printed, type RunCommand, type Session } from '../session.ts'
import { tellBehind, tellWhyNot } from '../tell-trust.ts'
import type { ObjectPlace } from './find-object.ts'
import {
  addWhereOptions,
  findNamed,
  objectArgument,
  objectPath,
  placeWords,
  readObject,
  type NamedObject,
  type WhereOptions,
} from './named-object.ts'

interface HistoryOptions extends WhereOptions {
  readonly since?: string
  readonly until?: string
  readonly all?: true
  readonly reverse?: true
  readonly limit: string
}

const limitMax = 1000

export function addHistory(program: Command, run: RunCommand): void {
  const command = program
    .command('history')
    .summary('what changed in an object, revision by revision')
    .description(
      'The revisions of an object, newest first: who wrote each, when and how, which fields it changed, and how far that is known. Deleted objects, and those that had the name before, too.',
    )
    .argument(objectArgument.name, objectArgument.about)
    .argument('[name]')
  addWhereOptions(command)
    .option('--since <time>', 'from then on: 7d, 2026-11-20 (default: all of it)')
    .option('--until <time>', 'before then')
    .option('--all', 'what changed only its status, a lease or versions, too')
    .option('--reverse', 'the newest last')
    .option('--limit <count>', 'at most so many revisions an object', '50')
    .addHelpText('after', helpText)
    .action((first: string, second: string | undefined, options: HistoryOptions, self: Command) =>
      run(self, (session) => history(session, readObject(first, second), options)),
    )
}

const helpText = `
Examples:
  plaintrail history deploy/checkout -n shop
  plaintrail history cm/feature-flags --since 30d --all -o wide`

async function history(session: Session, object: NamedObject, options: HistoryOptions): Promise<void> {
  const limit = readCount('--limit', options.limit, 1, limitMax)
  const api = await session.api()
  const places = await findNamed(session, api, object, options)
  let isWhole = true
  let printed: Printed | null = null
  for (const [index, place] of places.entries()) {
    const { since, until, all } = options
    const answer = await api.getList(objectPath(place, 'revisions'), { since, until, limit, all })
    const page = readPage(api, answer)
    isWhole &&= page.meta.history.complete
    await tellBehind(session, page.meta.history)
    const revisions = options.reverse === true ? page.data.toReversed() : page.data
    if (session.format.kind === 'table' || session.format.kind === 'wide') {
      if (index > 0) await session.print('\n')
      await printRevisions(session, place, page, all === true ? revisions : revisions.filter(isMeant))
    } else printed = await session.printItems(revisionView(session), { answer, items: revisions }, printed)
    await tellWhyNot(session, page.meta.why_not)
  }
  requireComplete(session, isWhole)
}

/** What a person did is shown whatever it changed. */
const isMeant = (one: Revision): boolean => one.actor?.type === 'human' || !isOnlyNoise(one)

function readPage(api: Api, { value }: Answer): RevisionPage {
  if (!isRevisionPage(value)) throw notPlaintrail(api.url)
  return value
}

async function printRevisions(
  session: Session,
  place: ObjectPlace,
  page: RevisionPage,
  revisions: readonly Revision[],
): Promise<void> {
  const view = revisionView(session)
  if (session.hasHeaders)
    await session.print(`${session.style('bold', placeWords(place))}  (${terminalText(place.cluster)})\n\n`)
  let printed = layoutOf(session, view, revisions)
  let before: Revision | undefined
  for (const run of runsOfOneUid(revisions)) {
    if (before !== undefined) await session.print(boundaryLine(session, page, [before, run[0]]))
    printed = await session.printItems(view, { answer: { text: '', value: null }, items: run }, printed)
    before = run.at(-1)
  }
  if (session.hasHeaders) await session.print(`${revisions.length > 0 ? '\n' : ''}${summary(page, revisions.length)}\n`)
}

/** Of all rows together, so that columns go on straight behind a boundary. */
function layoutOf(session: Session, view: View<Revision>, revisions: readonly Revision[]): Printed {
  const widths = view.columns.map(({ title, cell }) => [
    title,
    Math.max(0, ...revisions.map((one) => displayWidth(cell(one)))),
  ])
  return session.layoutFor(view, Object.fromEntries(widths))
}

/** The same order, cut where the next one is of another object. */
function runsOfOneUid(revisions: readonly Revision[]): readonly (readonly Revision[])[] {
  const runs: Revision[][] = []
  for (const one of revisions) {
    const last = runs.at(-1)
    if (last?.[0]?.uid === one.uid) last.push(one)
    else runs.push([one])
  }
  return runs
}

function boundaryLine(
  session: Session,
  { lifetimes }: RevisionPage,
  sides: readonly [Revision, Revision | undefined],
): string {
  const [older, newer] = sides.toSorted((a, b) => ((a?.time ?? '') < (b?.time ?? '') ? -1 : 1))
  const lifeOf = (one: Revision | undefined): Lifetime | undefined => lifetimes.find(({ uid }) => uid === one?.uid)
  return `${session.style('dim', `- - - ${boundaryWords(lifeOf(older), lifeOf(newer))} - - -`)}\n`
}

/** `8 revisions · 12 status updates and the like not shown (--all)`. */
function summary({ data, has_more: hasMore, meta }: RevisionPage, shown: number): string {
  const hidden = meta.hidden + data.length - shown
  const parts = [count(shown, 'revision', 'revisions')]
  if (hasMore) parts.push('older ones with --limit')
  if (hidden > 0)
    parts.push(`${count(hidden, 'status update or the like', 'status updates and the like')} not shown (--all)`)
  return parts.join(' · ')
}

const count = (number: number, one: string, many: string): string => `${number} ${number === 1 ? one : many}`
