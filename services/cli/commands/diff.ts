// plaintrail diff: what changed in an object between two times, by whom, and how far that is known.
import { Option, type Command } from 'commander'
import type { Answer, Api } from '../api.ts'
import { CliError } from '../cli-error.ts'
import { readCliConfig } from '../config.ts'
import {
  isAtAnswer,
  isDiffAnswer,
  isRevisionPage,
  type Change,
  type DiffAnswer,
  type Revision,
  type State,
} from '../history-answers.ts'
import { isManifest, withoutNoise } from '../manifest.ts'
import { changeLines, type ChangeLine } from '../output/change-lines.ts'
import { behindWords } from '../output/initiator-words.ts'
import { plainText } from '../output/json-path.ts'
import type { Look } from '../output/look.ts'
import { terminalText } from '../output/terminal-text.ts'
import type { View } from '../output/view.ts'
import { requireComplete } from '../pages.ts'
import { notPlaintrail } from '../refusal.ts'
import { clientWords } from '../revision-view.ts'
import type { RunCommand, Session } from '../session.ts'
import { absent, notRecorded, tellBehind, tellStates, tellWhyNot } from '../tell-trust.ts'
import type { ObjectPlace } from './find-object.ts'
import { wholePoint } from './history-point.ts'
import {
  addWhereOptions,
  findOne,
  objectArgument,
  objectPath,
  readObjectWords,
  type WhereOptions,
} from './named-object.ts'

interface DiffOptions extends WhereOptions {
  readonly showNoise?: true
  readonly unified?: true
  readonly exitCode: boolean
}

interface Sides {
  readonly from: string | undefined
  readonly to: string | undefined
}

export function addDiff(program: Command, run: RunCommand): void {
  const command = program
    .command('diff')
    .summary('what changed in an object between two times')
    .description(
      'What changed in an object between two times or revisions: its last change where none is given, since FROM until now where one is. Exit code 1 where something did.',
    )
    .argument(objectArgument.name, objectArgument.about)
    .argument('[times...]', 'FROM and TO: 14m, 2026-11-20T14:03Z, evt_…, rv:123')
  addWhereOptions(command)
    .option('--show-noise', 'status, managedFields, versions, and what controllers note, too')
    .option('--unified', 'lines of the whole YAML, as patch reads them')
    .option('--no-exit-code', 'exit code 0 where something changed, too')
    .addOption(new Option('--exit-code').hideHelp())
    .addHelpText('after', helpText)
    .action((first: string, words: readonly string[], options: DiffOptions, self: Command) =>
      run(self, (session) => diff(session, [first, ...words], options)),
    )
}

const helpText = `
Examples:
  plaintrail diff deploy/checkout -n shop
  plaintrail diff deploy/checkout 2d -n shop --show-noise
  plaintrail diff cm/feature-flags rv:1204 rv:1288 -o json

PLAINTRAIL_EXTERNAL_DIFF, or KUBECTL_EXTERNAL_DIFF, names a program that shows it.`

async function diff(session: Session, words: readonly string[], options: DiffOptions): Promise<void> {
  const { object, rest } = readObjectWords(words, 2)
  const api = await session.api()
  const place = await findOne(session, api, object, options)
  const [from, to] = rest.length > 0 ? rest.map(wholePoint) : [undefined, await lastChange(api, place)]
  const noise = options.showNoise
  const answer = await api.getList(objectPath(place, 'diff'), { from, to, noise })
  const found = readDiff(api, answer)
  await tellBehind(session, found.meta.history)
  await tellWhyNot(session, found.why_not)
  if (found.recreated !== null) await session.warn(terminalText(`! ${found.recreated}`))
  const unknown = unknownSide(found)
  if (found.why_not === null && unknown === null) await tellStates(session, found.from, found.to)
  if (session.format.kind === 'table' || session.format.kind === 'wide')
    await show(session, api, { place, found, sides: { from, to } }, options)
  else await session.printItems(changeView, { answer, items: found.changes })
  if (unknown !== null) throw absent(session, place, unknown)
  if (found.why_not !== null && found.changes_count === 0) throw notRecorded('what changed')
  requireComplete(session, found.meta.history.complete)
  if (options.exitCode && found.changes_count > 0) throw new CliError('different', 'there is a difference')
}

/** So many revisions are looked through for one that is known to have changed something that is shown. */
const revisionsMax = 50

/** The event of it: named alone, it is asked what it changed. Undefined where there is none. */
async function lastChange(api: Api, place: ObjectPlace): Promise<string | undefined> {
  const { value } = await api.getList(objectPath(place, 'revisions'), { limit: revisionsMax })
  if (!isRevisionPage(value)) throw notPlaintrail(api.url)
  return value.data.find(isTold)?.event
}

const isTold = ({ significance, changes_count: count }: Revision): boolean =>
  count > 0 || significance === 'created' || significance === 'deleted'

/** A state that nothing tells of: that nothing differs from it is not known. Null where both are known, or something differs. */
function unknownSide({ from, to, changes_count: count }: DiffAnswer): State | null {
  if (count > 0) return null
  return [from, to].find(({ presence, revision }) => presence === 'maybe' && revision === null) ?? null
}

function readDiff(api: Api, { value }: Answer): DiffAnswer {
  if (!isDiffAnswer(value)) throw notPlaintrail(api.url)
  return value
}

interface Found {
  readonly place: ObjectPlace
  readonly found: DiffAnswer
  readonly sides: Sides
}

async function show(session: Session, api: Api, one: Found, options: DiffOptions): Promise<void> {
  const { found, place } = one
  if (found.changes.length > 0) {
    const { externalDiff } = readCliConfig(session.io.env)
    if (options.unified === true) await printUnified(session, api, one, options)
    else if (externalDiff !== null) await showOutside(session, api, { ...one, program: externalDiff }, options)
    else await printChanges(session, place, found, options)
  }
  if (found.changes_count > 0 || (found.why_not === null && unknownSide(found) === null))
    await session.note(footer(session, one, options))
}

async function printChanges(
  session: Session,
  place: ObjectPlace,
  { from, to, changes }: DiffAnswer,
  { showNoise }: DiffOptions,
): Promise<void> {
  const { yamlText } = await import('../output/yaml-text.ts')
  if (session.hasHeaders) {
    const heading = `--- ${stateWords(session, place, from)}\n+++ ${stateWords(session, place, to)}`
    await session.print(`${session.style('bold', heading)}\n`)
  }
  for (const { kind, text } of changeLines(showNoise === true ? changes : changes.map(meantOf), yamlText))
    await session.print(`${styled(session, kind, text)}\n`)
}

/** An object that came or went is one change, with all its noise in it. */
function meantOf(change: Change): Change {
  const { path, from, to } = change
  if (path !== '') return change
  return {
    ...change,
    ...(isManifest(from) && { from: withoutNoise(from) }),
    ...(isManifest(to) && { to: withoutNoise(to) }),
  }
}

const looks: Readonly<Record<ChangeLine['kind'], Look | null>> = {
  where: 'cyan',
  before: 'red',
  after: 'green',
  same: null,
}

function styled({ style }: Session, kind: ChangeLine['kind'], text: string): string {
  const look = looks[kind]
  return look === null ? text : style(look, text)
}

/** `shop/checkout @ 14:03:22  alice@acme.io  kubectl 1.33  [exact]`. */
function stateWords(session: Session, { namespace, name }: ObjectPlace, state: State): string {
  const object = terminalText(namespace === '' ? name : `${namespace}/${name}`)
  const { revision, presence, fidelity } = state
  const at = terminalText(session.clock(revision?.time ?? state.time))
  const there = { present: null, gone: 'gone', 'not-yet': 'not there yet', maybe: 'not known' }[presence]
  const by = revision === null ? [] : [behindWords(revision.actor, revision.initiator)]
  const how = revision?.client == null ? [] : [clientWords(revision.client)]
  const marks = [there, fidelity].flatMap((word) => (word === null ? [] : [`[${terminalText(word)}]`]))
  return [`${object} @ ${at}`, ...by, ...how, ...marks].join('  ')
}

/** The server's text: the YAML of both states, compared by lines. */
async function printUnified(session: Session, api: Api, one: Found, { showNoise }: DiffOptions): Promise<void> {
  const query = { ...one.sides, noise: showNoise, format: 'diff' }
  const response = await api.send({ method: 'GET', path: objectPath(one.place, 'diff'), query })
  if (response.status !== 200) throw api.refusal(response)
  for (const line of new TextDecoder().decode(response.bytes).trimEnd().split('\n'))
    await session.print(`${styled(session, kindOf(line), terminalText(line))}\n`)
}

function kindOf(line: string): ChangeLine['kind'] {
  if (/^(?:---|\+\+\+) /.test(line)) return 'same'
  return line.startsWith('@@') ? 'where' : line.startsWith('-') ? 'before' : line.startsWith('+') ? 'after' : 'same'
}

interface ShownOutside extends Found {
  readonly program: string
}

async function showOutside(
  session: Session,
  api: Api,
  { place, found, program }: ShownOutside,
  { showNoise }: DiffOptions,
): Promise<void> {
  const { showExternally } = await import('../external-diff.ts')
  const [before, after] = await Promise.all([found.from, found.to].map((state) => manifestOf(api, place, state)))
  const meant = (manifest: unknown): unknown =>
    showNoise === true || !isManifest(manifest) ? manifest : withoutNoise(manifest)
  const { group, kind, namespace, name } = place
  const file = [group, kind, namespace, name].filter((part) => part !== '').join('.')
  await showExternally(session.io, program, { before: meant(before), after: meant(after), name: file })
}

async function manifestOf(api: Api, place: ObjectPlace, { revision, time }: State): Promise<unknown> {
  const { value } = await api.getList(objectPath(place, 'at'), { time: revision?.event ?? time })
  if (!isAtAnswer(value)) throw notPlaintrail(api.url)
  return value.manifest
}

/** `1 field changed · 3 noisy fields hidden (--show-noise)`. */
function footer(session: Session, { found, sides }: Found, { showNoise }: DiffOptions): string {
  const { changes_count: count, noise_count: noise, is_cut: isCut, from, to } = found
  const fields = count === 1 ? '1 field changed' : `${count} fields changed`
  const isUntilNow = sides.from !== undefined && sides.to === undefined
  const times = isUntilNow
    ? `since ${session.when(from.time)}`
    : `from ${session.when(from.time)} to ${session.when(to.time)}`
  const parts = [count === 0 ? `nothing changed ${times}` : fields]
  if (noise > 0 && showNoise !== true)
    parts.push(`${noise} noisy ${noise === 1 ? 'field' : 'fields'} hidden (--show-noise)`)
  if (isCut) parts.push('more than are told')
  return terminalText(parts.join(' · '))
}

const changeView: View<Change> = {
  columns: [
    { title: 'PATH', cell: ({ path }) => terminalText(path) },
    { title: 'OP', cell: ({ op }) => terminalText(op) },
    { title: 'FROM', cell: ({ from }) => terminalText(plainText(from)) },
    { title: 'TO', cell: ({ to }) => terminalText(plainText(to)) },
    { title: 'NOISE', cell: ({ noise }) => String(noise) },
  ],
  nameOf: ({ path }) => path,
}
