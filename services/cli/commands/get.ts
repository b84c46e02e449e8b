// plaintrail get: an object as it was at a time, deleted ones too.
import type { Command } from 'commander'
import { isAtAnswer } from '../history-answers.ts'
import { withoutManagers, type Manifest } from '../manifest.ts'
import { behindWords } from '../output/initiator-words.ts'
import { plainText } from '../output/json-path.ts'
import { terminalText } from '../output/terminal-text.ts'
import type { View } from '../output/view.ts'
import { requireComplete } from '../pages.ts'
import { notPlaintrail } from '../refusal.ts'
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

interface GetOptions extends WhereOptions {
  readonly at?: string
  readonly showManagedFields?: true
}

export function addGet(program: Command, run: RunCommand): void {
  const command = program
    .command('get')
    .summary('an object as it was at a time')
    .description(
      'The manifest of an object as it was at a time, of one that is deleted by now, too. It goes to stdout as YAML, or as -o says; how far it is to be trusted goes to stderr.',
    )
    .argument(objectArgument.name, objectArgument.about)
    .argument('[name]')
  addWhereOptions(command)
    .option('--at <time>', 'when: 2d, 2026-11-20T14:03Z, evt_…, rv:123 (default: now)')
    .option('--show-managed-fields', 'which program wrote which field, too, as with kubectl')
    .addHelpText('after', helpText)
    .action((first: string, second: string | undefined, options: GetOptions, self: Command) =>
      run(self, (session) => get(session, readObject(first, second), options)),
    )
}

const helpText = `
Examples:
  plaintrail get deploy/checkout -n shop --at 2026-11-20T14:05Z -o yaml
  plaintrail get cm/feature-flags -n shop --at 2d -o json`

async function get(
  session: Session,
  object: NamedObject,
  { at, showManagedFields, ...where }: GetOptions,
): Promise<void> {
  const api = await session.api()
  const place = await findOne(session, api, object, where)
  const { value } = await api.getList(objectPath(place, 'at'), { time: wholePoint(at ?? 'now') })
  if (!isAtAnswer(value)) throw notPlaintrail(api.url)
  const { state, manifest, why_not: whyNot, meta } = value
  await tellBehind(session, meta.history)
  await tellWhyNot(session, whyNot)
  if (manifest === null) {
    if (whyNot !== null && state.presence === 'present') throw notRecorded(`what ${placeWords(place)} was`)
    throw absent(session, place, state)
  }
  await printManifest(session, showManagedFields === true ? manifest : withoutManagers(manifest))
  const { revision, fidelity } = state
  const by =
    revision === null
      ? ''
      : ` by ${behindWords(revision.actor, revision.initiator, 'through')} ${session.when(revision.time)}`
  const mark = fidelity === null ? '' : ` [${fidelity}]`
  await session.note(terminalText(`${placeWords(place)} at ${session.clock(state.time)}: as written${by}${mark}`))
  await tellStates(session, state)
  requireComplete(session, meta.history.complete)
}

async function printManifest(session: Session, manifest: Manifest): Promise<void> {
  const { kind } = session.format
  if (kind === 'table' || kind === 'wide' || kind === 'yaml') {
    const { yamlText } = await import('../output/yaml-text.ts')
    await session.print(yamlText(manifest, { isSorted: true }))
    return
  }
  const answer = { text: JSON.stringify(manifest), value: manifest }
  await session.printItems(manifestView, { answer, items: [manifest] })
}

const manifestView: View<Manifest> = {
  columns: [
    { title: 'KIND', cell: ({ kind }) => terminalText(plainText(kind)) },
    { title: 'NAMESPACE', cell: (manifest) => terminalText(inMetadata(manifest, 'namespace')) },
    { title: 'NAME', cell: (manifest) => terminalText(inMetadata(manifest, 'name')) },
    { title: 'VERSION', cell: (manifest) => terminalText(inMetadata(manifest, 'resourceVersion')) },
  ],
  nameOf: (manifest) => `${plainText(manifest['kind']).toLowerCase()}/${inMetadata(manifest, 'name')}`,
}

function inMetadata({ metadata }: Manifest, name: string): string {
  if (typeof metadata !== 'object' || metadata === null) return ''
  const value: unknown = new Map(Object.entries(metadata)).get(name)
  return typeof value === 'string' ? value : ''
}
