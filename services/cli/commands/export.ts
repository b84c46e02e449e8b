// plaintrail export: the whole answer to a question as files, each with the digest that the server promised.
import { randomUUID } from 'node:crypto'
import { join, resolve } from 'node:path'
import { Option, type Command } from 'commander'
import {
  isExplanation,
  isExport,
  isExportList,
  isExportParts,
  type Export,
  type ExportManifest,
  type ExportPart,
} from '../answers.ts'
import { addAskOptions, askedQuery, type AskOptions } from '../ask.ts'
import type { Api } from '../api.ts'
import { CliError } from '../cli-error.ts'
import { fetchPart, type FetchingPlace } from '../exporting/fetch-parts.ts'
import { verifyManifest } from '../exporting/verify-manifest.ts'
import { openProgress } from '../output/progress.ts'
import { terminalText } from '../output/terminal-text.ts'
import type { View } from '../output/view.ts'
import { requireComplete } from '../pages.ts'
import { printShortList } from '../print-short-list.ts'
import { notPlaintrail } from '../refusal.ts'
import type { RunCommand, Session } from '../session.ts'

const formats = ['ndjson', 'csv', 'parquet', 'ocsf', 'ecs'] as const

interface ExportOptions extends AskOptions {
  readonly format: (typeof formats)[number]
  readonly raw?: true
  readonly out?: string
  readonly wait: boolean
  readonly resume?: string
  readonly cancel?: string
  readonly list?: true
}

const pollMs = 1_000
const pollMsMax = 5_000
/** The server gives up by itself long before. */
const waitMsMax = 24 * 3_600_000
const fileMode = 0o600

export function addExport(program: Command, run: RunCommand): void {
  const command = program
    .command('export')
    .summary('the whole answer to a question as files')
    .description(
      'Has the server write all events that match to files, fetches them as they are made, and holds each against the digest in the manifest. What was fetched before is not fetched again, so an interrupted run is gone on with by --resume.',
    )
  addAskOptions(command)
  command
    .addOption(new Option('--format <format>', 'of the files').choices(formats).default('ndjson'))
    .option('--raw', 'with the bytes of each event')
    .option('--out <folder>', 'where the files go (default: a folder by the name of the export)')
    .option('--no-wait', 'ask for it, print its id, and end')
    .option('--resume <export>', 'go on with one: exp_…')
    .option('--cancel <export>', 'end one, and throw its files on the server away')
    .option('--list', 'exports on the server, newest first')
    .addHelpText('after', helpText)
    .action((words: readonly string[], options: ExportOptions, self: Command) =>
      run(self, (session) => exportEvents(session, words, options)),
    )
}

const helpText = `
Examples:
  plaintrail export is:write ns:prod --since 2026-07-01/P92D --format csv --out q3
  plaintrail export --resume exp_0197c8f2a4b07c3e9d5c6e4fb0a1c7d2 --out q3
  plaintrail export --list`

async function exportEvents(session: Session, words: readonly string[], options: ExportOptions): Promise<void> {
  const api = await session.api()
  if (options.list === true) return listExports(session)
  if (options.cancel !== undefined) {
    await api.delete('/v1/exports/{id}', { path: { id: options.cancel } })
    return session.note(terminalText(`${options.cancel} is cancelled`))
  }
  const id = options.resume ?? (await askForExport(session, api, words, options))
  if (!options.wait) return session.print(`${terminalText(id)}\n`)
  const folder = resolve(session.io.folder, options.out ?? id)
  using interruption = session.io.interruption()
  const place = { io: session.io, api, folder, exportId: id, signal: interruption.signal }
  const ended = await resumable(session, place, () => fetchAll(place))
  if (ended.state !== 'done')
    throw new CliError('unavailable', `the export has ended before it was done: ${ended.error ?? ended.state}`, {
      hint: `What was fetched is in ${folder}.`,
    })
  await resumable(session, place, () => finish(session, place))
}

/** What was fetched is not fetched again: whoever has to stop is told how to go on. */
async function resumable<T>(session: Session, { exportId, folder }: FetchingPlace, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const isForGood = error instanceof CliError && !['interrupted', 'timeout', 'unavailable'].includes(error.code)
    if (!isForGood)
      await session.warn(terminalText(`go on with it: plaintrail export --resume ${exportId} --out ${folder}`))
    throw error
  }
}

/** The server tells what the words and flags mean, once, so that the export has one query and one window. */
async function askForExport(
  session: Session,
  api: Api,
  words: readonly string[],
  options: ExportOptions,
): Promise<string> {
  const { value: meant } = await api.getList('/v1/queries/explain', await askedQuery(session, words, options))
  if (!isExplanation(meant)) throw notPlaintrail(api.url)
  const { since, until } = meant.window
  const body = { q: meant.query, since, until, format: options.format, include_raw: options.raw === true }
  // Sent again where the answer was lost, it is still one export.
  const { value } = await api.post('/v1/exports', body, { idempotencyKey: randomUUID() })
  if (!isExport(value)) throw notPlaintrail(api.url)
  await session.note(terminalText(`${value.id}: ${value.query || 'everything'} from ${since} to ${until}`))
  return value.id
}

/** Parts are fetched while the next ones are made. */
async function fetchAll(place: FetchingPlace): Promise<Export> {
  const { io, api, folder, exportId, signal } = place
  await makeFolder(folder, io)
  const progress = openProgress(io, exportId, 1_000)
  const untilMs = io.nowMs() + waitMsMax
  let fetched = 0
  let waitMs = pollMs
  try {
    while (io.nowMs() < untilMs) {
      const { value } = await api.get('/v1/exports/{id}', { path: { id: exportId } })
      if (!isExport(value) || !isExportParts(value.parts)) throw notPlaintrail(api.url)
      for (const part of value.parts.slice(fetched)) {
        await fetchPart(place, part)
        fetched += 1
        await progress.show(value.progress.fraction * 1_000, value.progress.rows)
        waitMs = pollMs
      }
      await progress.show(value.progress.fraction * 1_000, value.progress.rows)
      if (isEnded(value)) return value
      await io.sleepMs(waitMs, signal)
      if (signal.aborted) throw new CliError('interrupted', 'interrupted')
      waitMs = Math.min(waitMs * 2, pollMsMax)
    }
    throw new CliError('timeout', 'the export was not done in a day')
  } finally {
    await progress.clear()
  }
}

const isEnded = ({ state }: Export): boolean => state !== 'queued' && state !== 'running'

async function finish(session: Session, place: FetchingPlace): Promise<void> {
  const { io, api, folder, exportId } = place
  const answer = await api.get('/v1/exports/{id}/manifest', { path: { id: exportId } })
  const manifest = await verifyManifest(answer.value, place)
  await io.files.replace(join(folder, 'manifest.json'), answer.text, fileMode)
  const items = manifest.parts.map((part) => ({ ...part, path: join(folder, part.name) }))
  await session.printItems(fileView, { answer, items })
  for (const gap of manifest.coverage.gaps)
    await session.warn(
      terminalText(`! ${gap.cluster}: events are missing from ${gap.from} to ${gap.to} (${gap.cause})`),
    )
  await session.note(summary(manifest))
  requireComplete(session, manifest.coverage.complete)
}

function summary({ rows, parts, bytes }: ExportManifest): string {
  const files = `${parts.length} ${parts.length === 1 ? 'file' : 'files'}`
  return `${rows} ${rows === 1 ? 'event' : 'events'} in ${files}, ${bytes} bytes · every digest is as the manifest says`
}

const fileView: View<Omit<ExportPart, 'url'> & { readonly path: string }> = {
  columns: [
    { title: 'FILE', cell: ({ path }) => terminalText(path), look: 'bold' },
    { title: 'EVENTS', cell: ({ rows }) => String(rows) },
    { title: 'BYTES', cell: ({ bytes }) => String(bytes) },
    { title: 'SHA256', cell: ({ sha256 }) => terminalText(sha256), look: 'dim' },
  ],
  nameOf: ({ path }) => path,
}

async function listExports(session: Session): Promise<void> {
  const [path, view] = ['/v1/exports', exportView(session)]
  await printShortList(session, { path, isList: isExportList, view, none: 'there are no exports' }, { all: true })
}

const exportView = (session: Session): View<Export> => ({
  columns: [
    { title: 'EXPORT', cell: ({ id }) => terminalText(id), look: 'bold' },
    { title: 'ASKED', cell: (one) => terminalText(session.when(one.created_at)) },
    { title: 'STATE', cell: ({ state }) => terminalText(state) },
    { title: 'DONE', cell: ({ progress }) => `${Math.floor(progress.fraction * 100)}%` },
    { title: 'EVENTS', cell: ({ progress }) => String(progress.rows) },
    { title: 'BYTES', cell: ({ progress }) => String(progress.bytes), isWide: true },
    { title: 'FORMAT', cell: ({ format }) => terminalText(format) },
    { title: 'BY', cell: ({ maker }) => terminalText(maker), isWide: true },
    {
      title: 'GOES',
      cell: (one) => terminalText(one.expires_at === null ? '-' : session.when(one.expires_at)),
      isWide: true,
    },
    { title: 'QUERY', cell: ({ query, error }) => terminalText(error ?? query) },
  ],
  nameOf: ({ id }) => id,
})

async function makeFolder(folder: string, io: Session['io']): Promise<void> {
  try {
    await io.files.makeFolder(folder)
  } catch (error) {
    throw new CliError('usage', `could not make the folder ${folder}`, {
      hint: 'Choose another one with --out.',
      cause: error,
    })
  }
}
