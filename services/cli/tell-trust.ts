// What must be known about an answer from history, told on stderr: how far it has come, and why there is less than asked.
import { CliError } from './cli-error.ts'
import type { Followed, State, WhyNot } from './history-answers.ts'
import { terminalText } from './output/terminal-text.ts'
import type { Session } from './session.ts'
import type { ObjectPlace } from './commands/find-object.ts'
import { placeWords } from './commands/named-object.ts'

/** History is made after events are stored: what is not followed yet is not in the answer. */
export async function tellBehind(session: Session, { complete, behind, until }: Followed): Promise<void> {
  if (complete) return
  const events = behind === 1 ? '1 stored event is' : `${behind} stored events are`
  const known = until === null ? '' : `; what came before ${session.when(until)} is all here`
  await session.warn(terminalText(`! history is behind: ${events} not followed yet${known}`))
}

/** That the audit policy kept less than is asked, with the rule that would keep it. */
export async function tellWhyNot(session: Session, whyNot: WhyNot | null): Promise<void> {
  if (whyNot === null) return
  await session.warn(terminalText(`! ${whyNot.says}`))
  if (whyNot.policy === null) return
  await session.warn('  This rule of the audit policy would give it from then on:')
  for (const line of whyNot.policy.trimEnd().split('\n')) await session.warn(`    ${terminalText(line)}`)
}

/** A state that is as the API server answered it, without a doubt about what came after it, is not commented. */
export async function tellStates(session: Session, ...states: readonly State[]): Promise<void> {
  const doubtful = states.filter((state) => !isSure(state)).map(({ says }) => says)
  for (const says of new Set(doubtful)) await session.warn(terminalText(`! ${says}`))
}

function isSure({ fidelity, or_already: orAlready, or_unseen: orUnseen }: State): boolean {
  return (fidelity === null || fidelity === 'exact') && orAlready === null && !orUnseen
}

/** What was asked was not recorded. Its reason has been told. */
export function notRecorded(what: string): CliError {
  return new CliError('incomplete', `could not tell ${what}: it was not recorded`, { hint: 'Why is told above.' })
}

/** There was no such object at that time, or nothing tells what it was. */
export function absent(session: Session, place: ObjectPlace, { presence, revision, time, says }: State): CliError {
  const at = terminalText(session.when(time))
  const object = placeWords(place)
  if (presence === 'not-yet')
    return new CliError('not_found', `${object} was not there ${at}`, { hint: terminalText(says) })
  if (presence !== 'gone') return new CliError('incomplete', `could not tell what ${object} was ${at}`, { hint: says })
  const hint = revision === null ? says : `${says}\nWhat it was last: --at ${justBefore(revision.time)}`
  return new CliError('not_found', `${object} was gone ${at}`, { hint })
}

/** A microsecond earlier: times of Kubernetes have no less. */
function justBefore(time: string): string {
  const [, seconds = '', micros = ''] = /^(.*)\.(\d{6})Z$/.exec(time) ?? []
  const us = Number(micros)
  if (us > 0) return `${seconds}.${String(us - 1).padStart(6, '0')}Z`
  const ms = Date.parse(time)
  return Number.isNaN(ms) ? time : new Date(ms - 1).toISOString()
}
