// plaintrail blame: for each field of an object, who set it last, when, how and in which event.
import type { Command } from 'commander'
import type { Answer, Api } from '../api.ts'
import { isBlameAnswer, type BlameAnswer, type BlamedField } from '../history-answers.ts'
import { behindWords } from '../output/initiator-words.ts'
import { plainText } from '../output/json-path.ts'
import { terminalText } from '../output/terminal-text.ts'
import type { View } from '../output/view.ts'
import { requireComplete } from '../pages.ts'
import { notPlaintrail } from '../refusal.ts'
import { clientWords } from '../revision-view.ts'
import type { RunCommand, Session } from '../session.ts'
import { absent, notRecorded, tellBehind, tellStates, tellWhyNot } from '../tell-trust.ts'
import { wholePoint } from './history-point.ts'
import {
  addWhereOptions,
  findOne,
  objectArgument,
  objectPath,
  placeWords,
  readObject,
  type NamedObject,
  type WhereOptions,
} from './named-object.ts'

interface BlameOptions extends WhereOptions {
  readonly at?: string
  readonly showNoise?: true
}

export function addBlame(program: Command, run: RunCommand): void {
  const command = program
    .command('blame')
    .summary('who set each field of an object last')
    .description(
      'For each field of an object who set it last, when and how, the newest first. "?": or a write that was not seen; "unknown": it was so before the first write that is stored.',
    )
    .argument(objectArgument.name, objectArgument.about)
    .argument('[name]')
  addWhereOptions(command)
    .option('--at <time>', 'as it was then: 2d, 2026-11-20T14:03Z, evt_…, rv:123 (default: now)')
    .option('--show-noise', 'status, managedFields, versions, and what controllers note, too')
    .addHelpText('after', helpText)
    .action((first: string, second: string | undefined, options: BlameOptions, self: Command) =>
      run(self, (session) => blame(session, readObject(first, second), options)),
    )
}

const helpText = `
Examples:
  plaintrail blame deploy/checkout -n shop
  plaintrail blame deploy/checkout -n shop --at 2026-11-20T14:03Z -o wide`

async function blame(session: Session, object: NamedObject, { at, showNoise, ...where }: BlameOptions): Promise<void> {
  const api = await session.api()
  const place = await findOne(session, api, object, where)
  const answer = await api.getList(objectPath(place, 'blame'), { at: wholePoint(at), noise: showNoise })
  const found = readBlame(api, answer)
  await tellBehind(session, found.meta.history)
  await tellWhyNot(session, found.why_not)
  if (found.fields.length === 0 && found.state.presence !== 'present') throw absent(session, place, found.state)
  if (found.fields.length === 0 && found.why_not !== null)
    throw notRecorded(`who set the fields of ${placeWords(place)}`)
  await tellStates(session, found.state)
  if (found.says !== null) await session.warn(terminalText(`! ${found.says}`))
  await session.printItems(blameView(session), { answer, items: newestFirst(found.fields) })
  if (session.format.kind === 'table' || session.format.kind === 'wide')
    await session.note(footer(found, showNoise === true))
  requireComplete(session, found.meta.history.complete)
}

function readBlame(api: Api, { value }: Answer): BlameAnswer {
  if (!isBlameAnswer(value)) throw notPlaintrail(api.url)
  return value
}

/** The fields of one write together, in the order of the object; those that nobody is known to have set last. */
function newestFirst(fields: readonly BlamedField[]): readonly BlamedField[] {
  const timeOf = ({ how, revision }: BlamedField): string => (how === 'unseen' ? '' : (revision?.time ?? ''))
  return fields.toSorted((a, b) => (timeOf(a) < timeOf(b) ? 1 : timeOf(a) > timeOf(b) ? -1 : 0))
}

function blameView(session: Session): View<BlamedField> {
  return {
    columns: [
      { title: 'WHO', cell: (field) => whoSet(session, field), look: 'bold' },
      { title: 'WHEN', cell: (field) => whenSet(session, field) },
      { title: 'SURE', cell: ({ how }) => ({ set: 'yes', 'set-or-unseen': '?', unseen: 'no' })[how] },
      { title: 'FIELD', cell: ({ path, value }) => terminalText(`${path}: ${plainText(value)}`) },
      { title: 'HOW', cell: ({ revision }) => clientWords(revision?.client ?? null), look: 'dim', isWide: true },
      {
        title: 'AFTER',
        cell: ({ after }) => (after === null ? '-' : session.when(after.time)),
        look: 'dim',
        isWide: true,
      },
      { title: 'MANAGER', cell: ({ manager }) => terminalText(manager ?? '-'), look: 'dim', isWide: true },
      { title: 'EVENT', cell: ({ revision }) => terminalText(revision?.event ?? '-'), look: 'dim', isWide: true },
    ],
    nameOf: ({ path }) => path,
  }
}

/** `unknown (before 2026-08-01)`; a name of managedFields is a claim of the program that wrote, and called so. */
function whoSet(session: Session, { how, revision, manager }: BlamedField): string {
  if (how !== 'unseen' && revision !== null) return behindWords(revision.actor, revision.initiator)
  const whom = manager === null ? 'unknown' : `unknown, manager ${manager}`
  return terminalText(revision === null ? whom : `${whom} (before ${session.when(revision.time)})`)
}

const whenSet = (session: Session, { how, revision }: BlamedField): string =>
  how === 'unseen' || revision === null ? '-' : terminalText(session.when(revision.time))

function footer({ fields }: BlameAnswer, showsNoise: boolean): string {
  const parts = [fields.length === 1 ? '1 field' : `${fields.length} fields`]
  if (!showsNoise) parts.push('noisy fields hidden (--show-noise)')
  if (fields.some(({ how }) => how === 'set-or-unseen')) parts.push('?: or a write that was not seen')
  return parts.join(' · ')
}
