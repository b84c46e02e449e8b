// plaintrail ingest: the events of log files, sent as an API server would send them.
import type { Command } from 'commander'
import { CliError } from '../cli-error.ts'
import { auditItems } from '../ingest/audit-items.ts'
import { batches } from '../ingest/batches.ts'
import { openLogBytes, type LogBytes } from '../ingest/log-bytes.ts'
import { postBatch, type Receiver } from '../ingest/post-batch.ts'
import { openProgress } from '../output/progress.ts'
import { terminalText } from '../output/terminal-text.ts'
import type { View } from '../output/view.ts'
import type { RunCommand, Session } from '../session.ts'

interface IngestOptions {
  readonly cluster: string
}

export function addIngest(program: Command, run: RunCommand): void {
  program
    .command('ingest')
    .summary('send log files')
    .description(
      'Sends audit log files: JSON lines or EventLists, plain or gzip. What was sent before is not stored again, so an interrupted run is simply repeated.',
    )
    .argument('<file...>', 'such as audit.log or audit-2026-11-20.log.gz; - for stdin')
    .requiredOption('-c, --cluster <name>', 'the cluster that the events are from')
    .addHelpText('after', helpText)
    .action((files: readonly string[], options: IngestOptions, command: Command) =>
      run(command, (session) => ingest(session, files, options.cluster)),
    )
}

const helpText = `
Examples:
  plaintrail ingest /var/log/kubernetes/audit/audit*.log --cluster prod-eu
  zstd -dc audit.log.zst | plaintrail ingest - --cluster prod-eu`

interface Counts {
  events: number
  /** Bytes that were no JSON and went to quarantine. */
  notJson: number
  /** What the receiver cannot take. */
  tooLarge: number
}

async function ingest(session: Session, files: readonly string[], cluster: string): Promise<void> {
  const counts: Counts = { events: 0, notJson: 0, tooLarge: 0 }
  try {
    for (const file of files) await ingestFile(session, cluster, await openLogBytes(file, session.io), counts)
  } catch (error) {
    if (counts.events > 0) await session.note(`${summary(counts)} before that; run it again: nothing is stored twice`)
    throw error
  }
  await report(session, counts)
}

async function ingestFile(session: Session, cluster: string, file: LogBytes, counts: Counts): Promise<void> {
  const progress = openProgress(session.io, file.label, file.sizeBytes)
  const receiver: Receiver = {
    api: await session.api(),
    cluster,
    io: session.io,
    onWait: async (delayMs) => {
      await progress.clear()
      await session.note(`the receiver is busy: trying again in ${delayMs / 1000} s`)
    },
  }
  const onTooLarge = (): void => void (counts.tooLarge += 1)
  try {
    for await (const batch of batches(auditItems(file.chunks), onTooLarge)) {
      const isFirst = counts.events + counts.notJson === 0
      const delivery = await postBatch(receiver, batch, isFirst)
      counts.events += delivery.eventsCount
      counts.tooLarge += delivery.tooLargeCount
      if (batch.events.length === 0 && delivery.tooLargeCount === 0) counts.notJson += 1
      await progress.show(file.readBytes(), counts.events)
    }
  } finally {
    await progress.clear()
  }
}

async function report(session: Session, counts: Counts): Promise<void> {
  if (session.format.kind === 'table') await session.note(summary(counts))
  else {
    const value = { events_sent: counts.events, not_json: counts.notJson, too_large: counts.tooLarge }
    await session.printItems(countsView, { answer: { text: JSON.stringify(value), value }, items: [value] })
  }
  if (counts.tooLarge === 0) return
  throw new CliError('incomplete', `${counts.tooLarge} too large to send: the receiver takes 64 MiB at once`, {
    hint: 'Nothing else was left out.',
  })
}

const countsView: View<{ events_sent: number; not_json: number; too_large: number }> = {
  columns: [
    { title: 'EVENTS SENT', cell: (counts) => String(counts.events_sent) },
    { title: 'NOT JSON', cell: (counts) => String(counts.not_json) },
    { title: 'TOO LARGE', cell: (counts) => String(counts.too_large) },
  ],
  nameOf: (counts) => String(counts.events_sent),
}

function summary({ events, notJson }: Counts): string {
  const bad = notJson === 0 ? '' : `, ${notJson} that ${notJson === 1 ? 'is' : 'are'} no JSON sent to quarantine`
  return terminalText(`${events} ${events === 1 ? 'event' : 'events'} sent${bad}`)
}
