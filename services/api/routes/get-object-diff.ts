// GET /v1/objects/{cluster}/{group}/{resource}/{ns}/{name}/diff: what is different between two states of an object.

import type { Request, Response } from 'express'
import { diffObjects } from '@plaintrail/history/diff-objects'
import { unifiedText } from '@plaintrail/history/unified-text'
import { stateBefore, type HistoryPoint, type NamedState } from '@plaintrail/store/named-state'
import { stateReadBytes } from '../answer-memory.ts'
import type { RouteParts } from '../api-parts.ts'
import type { Caller } from '../authenticate.ts'
import { answerMarginMs, boundedQuestion } from '../bounded-question.ts'
import { changeAnswers, changesShownMax } from '../change-answer.ts'
import { commentLines } from '../comment-lines.ts'
import { revisionsIn, stateAnswer, whyNotOf, writersOf } from '../history-answer.ts'
import { askedHistory, stateAtPoint, type AskedHistory } from '../history-question.ts'
import { objectAnswer } from '../named-object.ts'
import { sendLarge } from '../send-large.ts'
import type { State, WhyNot } from '../schemas/revision-schemas.ts'
import { readPoint } from '../state-point.ts'

interface Asked {
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly noise?: boolean | undefined
  readonly format?: 'json' | 'diff' | undefined
}

export const diffType = 'text/x-diff'

export function getObjectDiff(
  parts: RouteParts,
): (request: Request, response: Response, caller: Caller, input: { readonly query: Asked }) => Promise<void> {
  return async (request, response, caller, { query }) => {
    const nowUs = parts.nowUs()
    const to = readPoint(query.to ?? 'now', nowUs, 'to')
    const from = query.from === undefined ? null : readPoint(query.from, nowUs, 'from')
    const withNoise = query.noise ?? false
    const accepted = request.accepts(['application/json', diffType])
    const isText = (query.format ?? (accepted === diffType ? 'diff' : 'json')) === 'diff'
    await boundedQuestion(response, parts.questionMsMax + answerMarginMs, async (signal) => {
      using memory = await parts.rawMemory.take(response, stateReadBytes)
      signal.throwIfAborted()
      const asked = await askedHistory(parts, caller.scope, request)
      const states = await statesOf(asked, { from, to, withNoise })
      signal.throwIfAborted()
      const writers = await writersOf(parts.store, revisionsIn(...states))
      const { named } = asked.reader.history
      const [older, newer] = states.map((state) => stateAnswer(state, writers, asked.followed))
      if (older === undefined || newer === undefined) throw new Error('could not tell two states')
      signal.throwIfAborted()
      const why_not = whyNotOf(named, states, writers)
      const object = objectAnswer(named)
      const answer = {
        object,
        from: older,
        to: newer,
        recreated: recreatedOf(...states),
        ...differenceOf(states, withNoise),
        why_not,
        meta: { history: asked.followed },
      }
      if (!isText) return sendLarge(response, memory, 'application/json', JSON.stringify(answer))
      sendLarge(response, memory, diffType, textOf(states, answer, withNoise))
    })
  }
}

async function statesOf(
  asked: AskedHistory,
  {
    from,
    to,
    withNoise,
  }: { readonly from: HistoryPoint | null; readonly to: HistoryPoint; readonly withNoise: boolean },
): Promise<readonly [NamedState, NamedState]> {
  const newer = await stateAtPoint(asked, to, 'to')
  if (from !== null) return [await stateAtPoint(asked, from, 'from'), newer]
  // Who names a revision asks for what it changed; who names a time, for what last changed before it.
  const meant = to.kind === 'time' && !withNoise
  const before = await stateBefore(asked.reader, newer, { meant })
  return [before ?? { ...newer, doubts: [] }, newer]
}

function recreatedOf(from: NamedState, to: NamedState): string | null {
  if (from.uid === null || to.uid === null || from.uid === to.uid) return null
  return `These are two objects of one name: the one with uid ${from.uid} was gone, and another was made with uid ${to.uid}.`
}

interface Difference {
  readonly changes: ReturnType<typeof changeAnswers>
  readonly changes_count: number
  readonly noise_count: number
  readonly is_cut: boolean
}

/** None where a state is not known: what is not known did not come or go. */
function differenceOf([from, to]: readonly [NamedState, NamedState], withNoise: boolean): Difference {
  if (!isKnown(from) || !isKnown(to)) return { changes: [], changes_count: 0, noise_count: 0, is_cut: false }
  const { changes, isCut } = diffObjects(from.object ?? undefined, to.object ?? undefined)
  const shown = withNoise ? changes : changes.filter(({ noise }) => !noise)
  return {
    changes: changeAnswers(shown),
    changes_count: shown.length,
    noise_count: changes.filter(({ noise }) => noise).length,
    is_cut: isCut || shown.length > changesShownMax,
  }
}

/** There, and as it is told; or known not to have been there. */
function isKnown({ object, presence }: NamedState): boolean {
  return object !== null || presence === 'gone' || presence === 'not-yet'
}

interface Told {
  readonly from: State
  readonly to: State
  readonly recreated: string | null
  readonly why_not: WhyNot | null
}

/** What patch(1) and pagers read over stands before the first `---`. */
function textOf(
  [older, newer]: readonly [NamedState, NamedState],
  { from, to, recreated, why_not }: Told,
  withNoise: boolean,
): string {
  // Without them a diff of what is not known would be as empty as one of what is the same.
  const unknown = [
    isKnown(older) ? null : `${from.time}: ${from.says}`,
    isKnown(newer) ? null : `${to.time}: ${to.says}`,
  ]
  const notes = commentLines([...unknown, recreated, why_not?.says ?? null, why_not?.policy ?? null])
  if (!isKnown(older) || !isKnown(newer)) return notes
  const names = { before: nameOf(from), after: nameOf(to) }
  const { text, extent } = unifiedText(older.object ?? undefined, newer.object ?? undefined, { withNoise, names })
  const tooLarge = extent === 'none' ? ['# The states differ in more than can be shown as text: ask for JSON.\n'] : []
  return [notes, ...tooLarge, text].join('')
}

function nameOf({ time, revision, fidelity }: State): string {
  const by = revision?.actor ? `  ${revision.actor.name}` : ''
  const with_ = revision?.client ? `  ${revision.client}` : ''
  return `${revision?.time ?? time}${by}${with_}${fidelity === null ? '' : `  [${fidelity}]`}`
}
