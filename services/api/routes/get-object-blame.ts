// GET /v1/objects/{cluster}/{group}/{resource}/{ns}/{name}/blame: for each field of a state, the event that set it last.

import type { Request, Response } from 'express'
import { parseEventId } from '@plaintrail/event/identity'
import { objectBlame, type BlamedField, type ObjectBlame } from '@plaintrail/store/object-blame'
import type { NamedState } from '@plaintrail/store/named-state'
import { revisionWriters } from '@plaintrail/store/revision-writers'
import { stateReadBytes } from '../answer-memory.ts'
import type { RouteParts } from '../api-parts.ts'
import type { Caller } from '../authenticate.ts'
import { answerMarginMs, boundedQuestion } from '../bounded-question.ts'
import { revisionRef, revisionsIn, stateAnswer, whyNotOf, type Writers } from '../history-answer.ts'
import { askedHistory, stateAtPoint, type AskedHistory } from '../history-question.ts'
import { objectAnswer } from '../named-object.ts'
import type { BlamedFieldAnswer } from '../schemas/blame-schemas.ts'
import type { RevisionRef } from '../schemas/revision-schemas.ts'
import { sendLarge } from '../send-large.ts'
import { readPoint } from '../state-point.ts'

interface Asked {
  readonly at?: string | undefined
  readonly noise?: boolean | undefined
}

export function getObjectBlame(
  parts: RouteParts,
): (request: Request, response: Response, caller: Caller, input: { readonly query: Asked }) => Promise<void> {
  return async (request, response, caller, { query }) => {
    const point = readPoint(query.at ?? 'now', parts.nowUs(), 'at')
    await boundedQuestion(response, parts.questionMsMax + answerMarginMs, async (signal) => {
      using memory = await parts.rawMemory.take(response, stateReadBytes)
      signal.throwIfAborted()
      const asked = await askedHistory(parts, caller.scope, request)
      const state = await stateAtPoint(asked, point, 'at')
      signal.throwIfAborted()
      const { fields, cut } = await blameOf(asked, state, query.noise === true)
      signal.throwIfAborted()
      const writers = await revisionWriters(parts.store, eventsOf(state, fields))
      const { named } = asked.reader.history
      const answer = {
        object: objectAnswer(named),
        state: stateAnswer(state, writers, asked.followed),
        fields: fields.map((field) => fieldAnswer(field, writers)),
        is_cut: cut.length > 0,
        says: cutSentence(cut),
        why_not: whyNotOf(named, [state], writers),
        meta: { history: asked.followed },
      }
      sendLarge(response, memory, 'application/json', JSON.stringify(answer))
    })
  }
}

const noBlame: ObjectBlame = { fields: [], cut: [] }

/** None where the state is not known. */
async function blameOf({ reader }: AskedHistory, state: NamedState, withNoise: boolean): Promise<ObjectBlame> {
  const { at, uid, object } = state
  if (at === null || uid === null || object === null) return noBlame
  const { store, items, history } = reader
  const blamed = { id: at.objectId, uid, resource: history.named.resource }
  return (await objectBlame(store, blamed, { place: at.place, withNoise }, items)) ?? noBlame
}

function eventsOf(state: NamedState, fields: readonly BlamedField[]): readonly string[] {
  const told = fields.flatMap(({ revision, after }) => [revision, after])
  return [...revisionsIn(state), ...told].flatMap((one) => (one === null ? [] : [one.event]))
}

function fieldAnswer(field: BlamedField, writers: Writers): BlamedFieldAnswer {
  const { path, value, how, manager, noise, secret } = field
  return {
    path,
    value,
    how,
    revision: field.revision && refAnswer(field.revision, writers),
    after: field.after && refAnswer(field.after, writers),
    manager,
    noise,
    secret,
  }
}

function refAnswer(
  { event, resourceVersion, time }: NonNullable<BlamedField['revision']>,
  writers: Writers,
): RevisionRef {
  return revisionRef({ event, resourceVersion, timeUs: parseEventId(event)?.timeUs ?? time }, writers)
}

function cutSentence(cut: ObjectBlame['cut']): string | null {
  if (cut.length === 0) return null
  const says = cut.map((what) =>
    what === 'fields'
      ? 'There are more fields than are listed.'
      : 'There are more revisions than could be looked at, so for some fields it is only said between which two they were set: ask again in some minutes, or for an earlier time.',
  )
  return says.join(' ')
}
