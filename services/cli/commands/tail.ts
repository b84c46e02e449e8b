// plaintrail tail: events as they come.
import type { StoredEvent } from '@plaintrail/event/event'
import type { Command } from 'commander'
import { isMissed, isStoredEvent } from '../answers.ts'
import { addAskOptions, askedQuery, type AskOptions } from '../ask.ts'
import { CliError } from '../cli-error.ts'
import { eventView } from '../event-views.ts'
import { terminalText } from '../output/terminal-text.ts'
import { notPlaintrail } from '../refusal.ts'
import { readCount, type Printed, type RunCommand, type Session } from '../session.ts'

interface TailOptions extends AskOptions {
  readonly limit?: string
  readonly stages?: true
}

const limitMax = 999_999_999
/** What a row usually needs, since the rows to come are not known: columns of characters. */
const usualWidths = { WHEN: 14, CLUSTER: 10, WHO: 24, VERB: 6, NS: 12, OBJECT: 28, OUT: 8, HOW: 14, FROM: 15, WHAT: 30 }

export function addTail(program: Command, run: RunCommand): void {
  const command = program
    .command('tail')
    .summary('events as they come')
    .description(
      'Events that match, as they come, until Ctrl-C. Where the connection breaks it goes on without a loss; what it was too slow for is told, with the list that has it. A connection such as exec is shown when it begins and again when it ends.',
    )
  addAskOptions(command, { hasWindow: false })
  command
    .option('--since <time>', 'what came since then first: 15m, 2026-11-20')
    .option('--stages', 'every stage of a request; else not that it was received')
    .option('--limit <count>', 'end after so many')
    .addHelpText('after', helpText)
    .action((words: readonly string[], options: TailOptions, self: Command) =>
      run(self, (session) => tail(session, words, options)),
    )
}

const helpText = `
Examples:
  plaintrail tail is:human is:write
  plaintrail tail 'sub:exec,attach ns:prod-*' --since 15m -o sentence
  plaintrail tail is:denied -o jsonl | jq .actor.name`

async function tail(session: Session, words: readonly string[], options: TailOptions): Promise<void> {
  const limit = options.limit === undefined ? limitMax : readCount('--limit', options.limit, 1, limitMax)
  const query = await askedQuery(session, words, options)
  const api = await session.api()
  using interruption = session.io.interruption()
  const view = eventView(session)
  let printed: Printed = session.layoutFor(view, usualWidths)
  /** The last thing that the server said was that it ends the stream, as it does every 15 minutes. */
  let isPlanned = false
  const onBroken = async (waitMs: number): Promise<void> => {
    const isExpected = isPlanned
    isPlanned = false
    if (!isExpected) await session.note(`the connection has ended: another one in ${Math.ceil(waitMs / 1_000)} s`)
  }
  let total = 0
  const followed = { query, signal: interruption.signal, sleepMs: session.io.sleepMs, onBroken }
  for await (const { event, data } of api.follow('/v1/events/stream', followed)) {
    // Titles say that the server has spoken: from then on nothing that comes is lost.
    if (printed.isUntitled === true && session.format.kind === 'table' && event !== 'end')
      printed = await session.printItems(view, nothing, printed)
    const end = event === 'end' ? endOf(readJson(data, api.url)) : null
    isPlanned = end?.isPlanned === true
    if (end !== null && !end.isPlanned)
      await session.warn(terminalText(`! the server could not go on: ${end.detail ?? 'it did not say why'}`))
    if (event === 'drops' || event === 'reset') await warnMissed(session, readJson(data, api.url))
    if (event !== 'event') continue
    const value = readJson(data, api.url)
    if (!isStoredEvent(value)) throw notPlaintrail(api.url)
    if (options.stages !== true && isReceived(value)) continue
    printed = await session.printItems(view, { answer: { text: data, value }, items: [value] }, printed)
    total += 1
    if (total >= limit) return
  }
}

interface TailEnd {
  readonly isPlanned: boolean
  readonly detail: string | null
}

function endOf(value: unknown): TailEnd {
  if (typeof value !== 'object' || value === null) return { isPlanned: false, detail: null }
  return {
    isPlanned: 'planned' in value && value.planned === true,
    detail: 'detail' in value && typeof value.detail === 'string' ? value.detail : null,
  }
}

const nothing = { answer: { text: '', value: null }, items: [] }

/** The other stages of a request say what became of it; where a policy leaves them out, there is only this. */
const isReceived = ({ audit }: StoredEvent): boolean => audit.stage === 'RequestReceived'

async function warnMissed(session: Session, value: unknown): Promise<void> {
  if (!isMissed(value)) return
  const { reason, since, list, count } = value
  const what =
    count === undefined ? 'events may have been missed' : `${count} ${count === 1 ? 'event was' : 'events were'} missed`
  const message = terminalText(`! ${what} since ${since} (${reason}): plaintrail api GET '${list}'`)
  await session.warn(message)
  if (session.requiresComplete)
    throw new CliError('incomplete', 'the answer is not complete', { hint: 'What is missing is told above.' })
}

function readJson(text: string, url: URL): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw notPlaintrail(url, error)
  }
}
