// plaintrail undo: what takes a change back: the command of kubectl, and the patch. It is shown, and never run.
import { Option, type Command } from 'commander'
import type { Api } from '../api.ts'
import { CliError } from '../cli-error.ts'
import { isAtAnswer, isUndoAnswer, type Change, type UndoAnswer } from '../history-answers.ts'
import { behindWords } from '../output/initiator-words.ts'
import { plainText } from '../output/json-path.ts'
import { terminalJson, terminalText } from '../output/terminal-text.ts'
import type { View } from '../output/view.ts'
import { requireComplete } from '../pages.ts'
import { notPlaintrail } from '../refusal.ts'
import type { RunCommand, Session } from '../session.ts'
import { tellBehind, tellWhyNot } from '../tell-trust.ts'
import type { ObjectPlace } from './find-object.ts'
import {
  addWhereOptions,
  findOne,
  objectArgument,
  objectPath,
  placeWords,
  readObjectWords,
  type WhereOptions,
} from './named-object.ts'

const patchTypes = ['strategic', 'merge', 'json'] as const

interface UndoOptions extends WhereOptions {
  readonly patch?: (typeof patchTypes)[number]
}

export function addUndo(program: Command, run: RunCommand): void {
  const command = program
    .command('undo')
    .summary('the kubectl command that takes a change back')
    .description(
      'What takes a change back, in the object as it is now: the command of kubectl, and the patch. Nothing is run. What somebody changed since is left alone and told. Exit code 3 where a part of it cannot be taken back.',
    )
    .argument(objectArgument.name, objectArgument.about)
    .argument('[event...]', 'the change: its event evt_…, or its version rv:123 (history has it)')
  addWhereOptions(command)
    .addOption(
      new Option('--patch <type>', 'this patch and nothing else, for kubectl patch --patch-file').choices(patchTypes),
    )
    .addHelpText('after', helpText)
    .action((first: string, words: readonly string[], options: UndoOptions, self: Command) =>
      run(self, (session) => undo(session, [first, ...words], options)),
    )
}

const helpText = `
Examples:
  plaintrail undo deploy/checkout evt_01JDB6X3K9V2M7Q4R8T0WZ5YHN -n shop
  plaintrail undo deploy/checkout evt_01JDB6X3K9V2M7Q4R8T0WZ5YHN -n shop --patch strategic > undo.json`

async function undo(session: Session, words: readonly string[], options: UndoOptions): Promise<void> {
  const { object, rest } = readObjectWords(words, 1)
  const [event] = rest
  if (event === undefined)
    throw new CliError('usage', 'could not tell which change is meant', {
      hint: 'Name its version or event: plaintrail history TYPE/NAME',
    })
  const api = await session.api()
  const place = await findOne(session, api, object, options)
  const answer = await api.getList(objectPath(place, 'undo'), { event: await eventOf(api, place, event) })
  if (!isUndoAnswer(answer.value)) throw notPlaintrail(api.url)
  const found = answer.value
  await tellBehind(session, found.meta.history)
  await tellWhyNot(session, found.why_not)
  if (options.patch !== undefined) await printPatch(session, found, options.patch)
  else if (session.format.kind === 'table' || session.format.kind === 'wide') await show(session, place, found)
  else await session.printItems(changeView, { answer, items: found.changes })
  await tellLeft(session, found)
  requireComplete(session, found.meta.history.complete)
}

/** Of a version the event that made it. */
async function eventOf(api: Api, place: ObjectPlace, point: string): Promise<string> {
  if (!point.startsWith('rv:')) return point
  const { value } = await api.getList(objectPath(place, 'at'), { time: point })
  if (!isAtAnswer(value)) throw notPlaintrail(api.url)
  const { revision } = value.state
  if (revision !== null && `rv:${revision.resource_version}` === point) return revision.event
  throw new CliError('not_found', `no change of it made ${terminalText(point)}`, {
    hint: 'plaintrail history TYPE/NAME has the versions.',
  })
}

async function printPatch(session: Session, { patches }: UndoAnswer, type: (typeof patchTypes)[number]): Promise<void> {
  const patch = patches[type]
  const others = patchTypes.filter((one) => patches[one] !== null)
  if (patch !== null) return session.print(`${terminalJson(JSON.stringify(patch, null, 2))}\n`)
  throw new CliError('incomplete', `there is no ${type} patch that takes it back`, {
    hint:
      others.length === 0
        ? 'Why is told above, or by the same command without --patch.'
        : `There is: ${others.join(', ')}.`,
  })
}

async function show(
  session: Session,
  place: ObjectPlace,
  { event, changes, commands, patches }: UndoAnswer,
): Promise<void> {
  const title = session.style('bold', placeWords(place))
  if (session.hasHeaders)
    await session.print(`${title}  (${terminalText(place.cluster)})   takes back ${terminalText(event)}\n\n`)
  for (const change of changes) await session.print(`${changeWords(change)}\n`)
  for (const { line, says } of commands)
    await session.print(`\n${session.style('dim', `# ${terminalText(says)}`)}\n${terminalText(line)}\n`)
  const type = patchTypes.find((one) => patches[one] !== null)
  if (type === undefined) return
  await session.print(`\n${session.style('dim', `# the ${type} patch`)}\n`)
  await session.print(`${terminalJson(JSON.stringify(patches[type], null, 2))}\n`)
}

/** `spec.replicas: 1 → 6`, from what it is now to what it will be. */
function changeWords({ path, op, from, to }: Change): string {
  const [now, then] = [terminalText(plainText(from)), terminalText(plainText(to))]
  if (op === 'add') return `${terminalText(path)}: comes back as ${then}`
  return op === 'remove' ? `${terminalText(path)}: ${now} goes` : `${terminalText(path)}: ${now} → ${then}`
}

/** Throws CliError where not all of it can be taken back. */
async function tellLeft(session: Session, answer: UndoAnswer): Promise<void> {
  const { patches, conflicts, refused, doubts, why_not: whyNot } = answer
  for (const doubt of doubts) await session.warn(terminalText(`! a part of it may be the work of others: ${doubt}`))
  for (const { path, says, by } of conflicts) {
    const whom = by === null ? '' : ` (${behindWords(by.actor, by.initiator)}, ${session.when(by.time)}, ${by.event})`
    await session.warn(terminalText(`! ${path}: ${says}${whom}`))
  }
  for (const { path, says } of refused) await session.warn(terminalText(`! ${path === '' ? '' : `${path}: `}${says}`))
  const isNone = patchTypes.every((type) => patches[type] === null)
  if (!isNone && conflicts.length === 0 && refused.length === 0) return
  const left = isNone ? 'nothing of it can be taken back' : 'a part of it is not taken back'
  const isTold = conflicts.length > 0 || refused.length > 0 || whyNot !== null
  throw new CliError('incomplete', left, { hint: isTold ? 'Why is told above.' : null })
}

const changeView: View<Change> = {
  columns: [
    { title: 'PATH', cell: ({ path }) => terminalText(path) },
    { title: 'OP', cell: ({ op }) => terminalText(op) },
    { title: 'FROM', cell: ({ from }) => terminalText(plainText(from)) },
    { title: 'TO', cell: ({ to }) => terminalText(plainText(to)) },
  ],
  nameOf: ({ path }) => path,
}
