// GET /v1/objects/{cluster}/{group}/{resource}/{ns}/{name}/revisions: every state that the objects of a name had.

import type { Request, Response } from 'express'
import { formatMicroTime } from '@plaintrail/event/time'
import { changeSummary } from '@plaintrail/history/change-summary'
import { limitDefault } from '@plaintrail/query/page'
import type { NamedHistory, NamedLifetime } from '@plaintrail/store/named-history'
import { countBeside, namedRevisions, type NamedRevision } from '@plaintrail/store/named-revisions'
import type { RouteParts } from '../api-parts.ts'
import type { Caller } from '../authenticate.ts'
import { answerMarginMs, boundedQuestion } from '../bounded-question.ts'
import { revisionRef, whyNot, writersOf, type Writers } from '../history-answer.ts'
import { askedHistory } from '../history-question.ts'
import { cursorKeyFor } from '../list-question.ts'
import { objectAnswer } from '../named-object.ts'
import { readRevisionQuestion, revisionCursor, type SentRevisionQuestion } from '../revision-question.ts'
import type { WhyNot } from '../schemas/revision-schemas.ts'

export function getObjectRevisions(
  parts: RouteParts,
): (
  request: Request,
  response: Response,
  caller: Caller,
  input: { readonly query: SentRevisionQuestion },
) => Promise<void> {
  return async (request, response, caller, { query }) => {
    const cursorKey = cursorKeyFor(parts, caller)
    await boundedQuestion(response, parts.questionMsMax + answerMarginMs, async (signal) => {
      const { reader, followed } = await askedHistory(parts, caller.scope, request)
      const { history } = reader
      const question = readRevisionQuestion(query, history, { nowUs: parts.nowUs(), cursorKey, limitDefault })
      signal.throwIfAborted()
      const { revisions, next } = await namedRevisions(parts.store, history, question)
      signal.throwIfAborted()
      const hidden = question.all ? 0 : await countBeside(parts.store, history, question.window)
      const ends = history.lifetimes.flatMap(({ uid, first, last }) => [
        { ...first, uid },
        { ...last, uid },
      ])
      const writers = await writersOf(parts.store, [...revisions, ...ends])
      signal.throwIfAborted()
      const cursor = next && revisionCursor(question, history, next, cursorKey)
      if (cursor !== null)
        response.setHeader('Link', `<${request.baseUrl}${request.path}?cursor=${cursor}>; rel="next"`)
      response.json({
        data: revisions.map((one) => revisionAnswer(one, writers)),
        has_more: cursor !== null,
        next_cursor: cursor,
        lifetimes: history.lifetimes.toReversed().map((one) => lifetimeAnswer(one, writers)),
        meta: {
          object: objectAnswer(history.named),
          window: {
            since: formatMicroTime(question.window.sinceUs),
            until: formatMicroTime(question.window.untilUs),
          },
          history: followed,
          why_not: whyNoState(history, revisions, writers),
          hidden,
        },
      })
    })
  }
}

function revisionAnswer(revision: NamedRevision, writers: Writers): object {
  const { uid, observed, isRead, fidelity, significance, link, changes, changesCount } = revision
  return {
    ...revisionRef(revision, writers),
    uid,
    observed,
    source: isRead ? 'read' : 'write',
    fidelity,
    significance,
    adjacency: link.adjacency,
    reasons: link.reasons.map(({ kind, isCertain, says }) => ({ kind, certain: isCertain, says })),
    unseen_min: link.unseenMin,
    changes: changes.map(({ path, op, from, to }) => ({ path, op, from, to })),
    changes_count: changesCount,
    summary: changeSummary({ significance, changes, changesCount }),
  }
}

function lifetimeAnswer({ uid, first, last, end }: NamedLifetime, writers: Writers): object {
  return {
    uid,
    made: first.significance === 'created' ? revisionRef(first, writers) : null,
    ended: end === 'seen' ? revisionRef(last, writers) : null,
    end,
  }
}

/** Where no write of the page shows a state; an end has none. */
function whyNoState({ named }: NamedHistory, revisions: readonly NamedRevision[], writers: Writers): WhyNot | null {
  const writes = revisions.filter(({ observed }) => observed !== 'deleted')
  const [first] = writes
  const isLacking = ({ fidelity }: NamedRevision): boolean => fidelity === 'metadata-only' || fidelity === 'derived'
  if (first === undefined || !writes.every(isLacking)) return null
  const says = first.link.reasons[0]?.says ?? 'the events do not show the object'
  return whyNot(named, says, writers.get(first.event)?.level)
}
