// plaintrail show: one event, every field of it that people read, and the stages of its request.
import type { StoredEvent } from '@plaintrail/event/event'
import type { Command } from 'commander'
import { isStoredEvent } from '../answers.ts'
import { eventView } from '../event-views.ts'
import type { TracedEvent } from '../history-answers.ts'
import { didWords, objectWords, outcomeWord, whoWords } from '../output/event-words.ts'
import { behindWords } from '../output/initiator-words.ts'
import { terminalJson, terminalText } from '../output/terminal-text.ts'
import { duration } from '../output/when.ts'
import { notPlaintrail } from '../refusal.ts'
import type { RunCommand, Session } from '../session.ts'

export function addShow(program: Command, run: RunCommand): void {
  program
    .command('show')
    .summary('one event in full')
    .description('One event: its sentence, its fields, and every stage of its request.')
    .argument('<event>', 'its id: evt_…')
    .option('--raw', 'the bytes that arrived, and nothing else')
    .addHelpText('after', helpText)
    .action((id: string, options: { readonly raw?: true }, command: Command) =>
      run(command, (session) => (options.raw === true ? showRaw(session, id) : show(session, id))),
    )
}

const helpText = `
Examples:
  plaintrail show evt_01JDB6X3K9V2M7Q4R8T0WZ5YHN
  plaintrail show evt_01JDB6X3K9V2M7Q4R8T0WZ5YHN --raw | jq .requestObject`

async function show(session: Session, id: string): Promise<void> {
  const api = await session.api()
  const answer = await api.get('/v1/events/{id}', { path: { id } })
  if (!isStoredEvent(answer.value)) throw notPlaintrail(api.url)
  const event: TracedEvent = answer.value
  if (session.format.kind !== 'table') {
    await session.printItems(eventView(session), { answer, items: [event] })
    return
  }
  await session.print(`${session.style('bold', terminalText(event.sentence))}\n\n`)
  const width = Math.max(...fields(event).map(([label]) => label.length))
  for (const [label, value] of fields(event))
    await session.print(`${session.style('dim', label.padEnd(width))}  ${terminalText(value)}\n`)
  await session.print('\n')
  await session.printTable(
    ['STAGE', 'TIME', 'CODE', 'EVENT'],
    event.stages.map(({ stage, time, code, id: stageId }) =>
      [stage, time ?? 'no time', code === null ? '-' : String(code), stageId].map(terminalText),
    ),
    [null, null, null, 'dim'],
  )
  await showEvidence(session, event)
}

/** By what is known who is behind it, from this event back; where nobody is, what was looked at. */
async function showEvidence(session: Session, { initiator }: TracedEvent): Promise<void> {
  const { chain = [], considered = [] } = initiator ?? {}
  if (chain.length > 0) {
    await session.print('\n')
    await session.printTable(
      ['BEHIND IT', 'EVENT', 'WHY'],
      chain.map(({ what, event, why }) => [what, event, why].map(terminalText)),
      [null, 'dim', null],
    )
  }
  if (considered.length > 0) await session.print('\n')
  for (const why of considered) await session.print(`${session.style('dim', 'not enough')}  ${terminalText(why)}\n`)
}

/** A pipe gets the bytes as they are; on a terminal, characters that could steer it are JSON escapes of themselves. */
async function showRaw(session: Session, id: string): Promise<void> {
  const api = await session.api()
  const { body } = await api.stream('/v1/events/{id}/raw', {}, { path: { id } })
  const chunks: Uint8Array[] = []
  for await (const chunk of body) {
    if (session.io.stdout.isTty) chunks.push(chunk)
    else await session.io.stdout.write(chunk)
  }
  if (session.io.stdout.isTty) await session.print(`${terminalJson(Buffer.concat(chunks).toString())}\n`)
}

type Field = readonly [label: string, value: string]

function fields(event: TracedEvent): readonly Field[] {
  return [...whoFields(event), ...behindFields(event), ...whatFields(event), ...evidenceFields(event)]
}

function whoFields({ actor, source, ...event }: StoredEvent): readonly Field[] {
  const { name, version, userAgent } = source.client
  return present([
    ['event', event.id],
    ['time', event.time ?? 'no time that can be used'],
    ['received', event.seen],
    ['cluster', event.cluster],
    ['who', `${whoWords(actor)} (${actor.type})`],
    ['user', actor.name === '' || whoWords(actor).startsWith(terminalText(actor.name)) ? null : actor.name],
    ['acting as', actor.as],
    ['groups', actor.groups.join(', ')],
    ['from', source.ip === null ? null : `${source.ip.value} (seen by the API server)`],
    ['claims to be from', source.claimed.map(({ value }) => value).join(', ')],
    ['claims to use', name === null ? userAgent : `${[name, version].filter(Boolean).join(' ')} (${userAgent})`],
  ])
}

function behindFields({ actor, change, initiator }: TracedEvent): readonly Field[] {
  const isOther = initiator != null && initiator.kind !== 'unknown' && initiator.name !== actor.name
  return present([
    ['behind it', isOther ? `${behindWords(actor, initiator)} (${initiator.confidence})` : null],
    ['changed', change == null ? null : change.summary],
    ['known', change == null ? null : knownWords(change)],
  ])
}

const knownWords = ({ fidelity, sure }: NonNullable<TracedEvent['change']>): string =>
  sure ? fidelity : `${fidelity}; another write may have made a part of it`

function whatFields(event: StoredEvent): readonly Field[] {
  const { object, outcome, code, authz } = event
  return present([
    ['did', didWords(event)],
    ['request', `${event.verb} (${event.class})`],
    ['object', object === null ? null : objectWords(event)],
    [
      'kind',
      object === null ? null : [object.kind, object.group, object.version].filter((part) => part !== '').join(' '),
    ],
    ['namespace', object?.namespace ?? null],
    ['uid', object?.uid ?? null],
    ['path', event.path],
    [
      'outcome',
      [outcomeWord(event) === 'open' ? 'success, still open' : outcome, code].filter((part) => part !== null).join(' '),
    ],
    ['took', event.durationUs === null ? null : duration(event.durationUs)],
    ['authorization', [authz.decision, authz.reason].filter((part) => part !== '').join(': ')],
  ])
}

function evidenceFields({ audit, flags, findings = [] }: TracedEvent): readonly Field[] {
  return present([
    ['audit ID', audit.id],
    ['level', audit.level],
    ['bodies', audit.truncated ? 'removed by the API server: they were too large' : null],
    ['conflict', audit.conflict ? 'another event of this audit ID and stage has other bytes' : null],
    ['flags', flags.join(', ')],
    ['findings', findings.join(', ')],
  ])
}

const present = (all: readonly (readonly [string, string | null])[]): readonly Field[] =>
  all.flatMap(([label, value]) => (value === null || value === '' ? [] : [[label, value] as const]))
