// GET /v1/findings and /v1/findings/{id}: what rules found, and the events behind one.

import { formatMicroTime } from '@plaintrail/event/time'
import { openCursor } from '@plaintrail/query/cursor'
import { queryText } from '@plaintrail/query/normal-form'
import { onlyValue, type UrlParameters } from '@plaintrail/query/parameters'
import { findFinding, findFindings, findingSorts, type FindingSort } from '@plaintrail/store/find-findings'
import { findingEvents, findingGaps } from '@plaintrail/store/finding-events'
import { rulesProgressFor } from '@plaintrail/store/history-progress'
import type { RouteParts } from '../api-parts.ts'
import type { Route } from '../authenticate.ts'
import { findingAnswer } from '../finding-answer.ts'
import { followedOf } from '../history-meta.ts'
import { nextPage } from '../list-answer.ts'
import { cursorKeyFor, listQuestion, urlParameters } from '../list-question.ts'
import { Problem } from '../problems.ts'
import { withLinks } from '../send-events.ts'

/** Findings are few and must not be overlooked, so the window is everything unless something else is asked for. */
export function getFindings(parts: RouteParts): Route {
  return async (request, response, caller) => {
    const cursorKey = cursorKeyFor(parts, caller)
    const parameters = urlParameters(request)
    const sort = sortAsked(parameters, cursorKey)
    const question = listQuestion(withoutSort(parameters), cursorKey, {
      list: `findings ${sort}`,
      nowUs: parts.nowUs(),
      sinceUs: 0,
    })
    const { query, window, limit, after, snapshot } = question
    // Asked first: what is judged meanwhile is more than is said, and never less.
    const judged = await rulesProgressFor(parts.store, caller.scope, query)
    const asked = { query, window, sort, limit, after, asOfUs: snapshot?.takenUs ?? null }
    const { items, next, asOfUs } = await findFindings(parts.store, caller.scope, asked)
    const end = next && { position: next, snapshot: { takenUs: asOfUs, lanes: null } }
    response.json({
      data: items.map(findingAnswer),
      ...nextPage(response, question, end, cursorKey),
      meta: {
        query: queryText(query),
        window: { since: formatMicroTime(window.sinceUs), until: formatMicroTime(window.untilUs) },
        as_of: formatMicroTime(asOfUs),
        rules: followedOf(judged),
      },
    })
  }
}

/** A cursor carries it in the name of its list. */
function sortAsked(parameters: UrlParameters, cursorKey: Uint8Array): FindingSort {
  const cursor = onlyValue('cursor', parameters['cursor'])
  const text = cursor === undefined ? parameters['sort'] : openCursor(cursor, cursorKey).list.split(' ')[1]
  return findingSorts.find((known) => known === text) ?? 'last'
}

/** What stands beside a cursor is refused with it. */
function withoutSort({ sort, ...others }: UrlParameters): UrlParameters {
  return others['cursor'] === undefined ? others : { ...others, ...(sort === undefined ? {} : { sort }) }
}

export function getFinding(parts: RouteParts): Route {
  return async (request, response, caller) => {
    const id = String(request.params['id'])
    const finding = await findFinding(parts.store, caller.scope, id)
    if (finding === null)
      throw new Problem(
        'not_found',
        'there is no such finding, or nothing is left of it',
        'Ids begin with fnd_; GET /v1/findings lists them.',
      )
    const cursorKey = cursorKeyFor(parts, caller)
    const question = listQuestion(urlParameters(request), cursorKey, {
      list: `finding ${finding.id}`,
      nowUs: parts.nowUs(),
      sinceUs: 0,
    })
    const { limit, after, snapshot: before } = question
    const asked = { finding, limit, after, snapshot: before }
    const { events, next, snapshot } = await findingEvents(parts.store, caller.scope, asked)
    const gaps = await findingGaps(parts.store, caller.scope, finding)
    response.json({
      ...findingAnswer(finding),
      evidence: {
        data: events.map(withLinks),
        ...nextPage(response, question, next && { position: next, snapshot }, cursorKey),
        gaps,
      },
    })
  }
}
