// GET /v1/findings and /v1/findings/{id}: what rules found, and the events behind one.

import { formatMicroTime } from '@plaintrail/event/time'
import { matches } from '@plaintrail/query/ast'
import { openCursor } from '@plaintrail/query/cursor'
import { queryText } from '@plaintrail/query/normal-form'
import { onlyValue, type ParameterValue, type UrlParameters } from '@plaintrail/query/parameters'
import { findingStates } from '@plaintrail/rules/triage'
import {
  findFinding,
  findFindings,
  findingSorts,
  type Finding,
  type FindingPosition,
  type FindingQuestion,
  type FindingSort,
} from '@plaintrail/store/find-findings'
import { hidingExceptions } from '@plaintrail/store/exceptions'
import { findingEvents, findingGaps } from '@plaintrail/store/finding-events'
import { rulesProgressFor } from '@plaintrail/store/history-progress'
import { findSteps } from '@plaintrail/store/triage-steps'
import type { RouteParts } from '../api-parts.ts'
import type { Caller, Route } from '../authenticate.ts'
import { findingAnswer } from '../finding-answer.ts'
import { followedOf } from '../history-meta.ts'
import { nextPage } from '../list-answer.ts'
import { cursorKeyFor, listQuestion, urlParameters } from '../list-question.ts'
import { Problem } from '../problems.ts'
import { withLinks } from '../send-events.ts'
import { exceptionId, stepAnswer } from '../triage-answer.ts'

/** Findings are few and must not be overlooked, so the window is everything unless something else is asked for. */
export function getFindings(parts: RouteParts): Route {
  return async (request, response, caller) => {
    const cursorKey = cursorKeyFor(parts, caller)
    const parameters = urlParameters(request)
    const own = ownAsked(parameters, cursorKey)
    const question = listQuestion(withoutOwn(parameters), cursorKey, {
      list: `findings ${ownText(own)}`,
      nowUs: parts.nowUs(),
      sinceUs: 0,
    })
    const { query, window, limit, after, snapshot } = question
    // Asked first: what is judged meanwhile is more than is said, and never less.
    const judged = await rulesProgressFor(parts.store, caller.scope, query)
    const place = after && { ...after, ...own.place }
    const asked = { query, window, ...own, limit, after: place, asOfUs: snapshot?.takenUs ?? null }
    const { items, next, asOfUs } = await findFindings(parts.store, caller.scope, asked)
    const end = next && { position: next, snapshot: { takenUs: asOfUs, lanes: null } }
    const list = `findings ${ownText({ ...own, place: next ?? firstPlace })}`
    response.json({
      data: items.map(findingAnswer),
      ...nextPage(response, { ...question, list }, end, cursorKey),
      meta: {
        query: queryText(query),
        window: { since: formatMicroTime(window.sinceUs), until: formatMicroTime(window.untilUs) },
        as_of: formatMicroTime(asOfUs),
        again: own.place.isAgain,
        rules: followedOf(judged),
      },
    })
  }
}

/** What this list is asked for beside the words of the query language, and where its pages are. */
interface Own extends Pick<FindingQuestion, 'assignee' | 'hasShadow' | 'isProposed' | 'sort' | 'states'> {
  readonly place: Pick<FindingPosition, 'isAgain' | 'seen'>
}

const firstPlace: Own['place'] = { seen: '', isAgain: false }

/** A cursor carries it in the name of its list. */
function ownAsked(parameters: UrlParameters, cursorKey: Uint8Array): Own {
  const cursor = onlyValue('cursor', parameters['cursor'])
  if (cursor !== undefined) {
    const [, sort, states = '', shadow, proposed, moment = '', assignee] = openCursor(cursor, cursorKey).list.split(' ')
    return {
      sort: sortOf(sort),
      states: statesOf(states),
      hasShadow: shadow === 'shadow',
      isProposed: proposed === '' ? undefined : proposed === 'proposed',
      place: { seen: moment.replace(/again$/, ''), isAgain: moment.endsWith('again') },
      assignee: assignee && decodeURIComponent(assignee).slice(1),
    }
  }
  const { sort, state, shadow, proposed, assignee } = parameters
  const states = state === undefined ? '' : typeof state === 'string' ? state : state.join(',')
  // As yesOrNo of the route has it.
  const isYes = (name: string, value: ParameterValue): boolean =>
    ['true', ''].includes(onlyValue(name, value) ?? 'false')
  return {
    sort: sortOf(sort),
    states: statesOf(states),
    hasShadow: isYes('shadow', shadow),
    isProposed: proposed === undefined ? undefined : isYes('proposed', proposed),
    assignee: onlyValue('assignee', assignee),
    place: firstPlace,
  }
}

const sortOf = (text: unknown): FindingSort => findingSorts.find((known) => known === text) ?? 'last'

/** The route has refused other words. */
function statesOf(text: string): Own['states'] {
  const words = text.split(',')
  return text === '' ? undefined : findingStates.filter((state) => words.includes(state))
}

function ownText({ sort, states, hasShadow, isProposed, place, assignee }: Own): string {
  const who = assignee === undefined ? '' : ` ${encodeURIComponent(`=${assignee}`)}`
  const proposed = isProposed === undefined ? '' : isProposed ? 'proposed' : 'settled'
  const moment = `${place.seen}${place.isAgain ? 'again' : ''}`
  return `${sort} ${states?.join(',') ?? ''} ${hasShadow === true ? 'shadow' : ''} ${proposed} ${moment}${who}`
}

/** What stands beside a cursor is refused with it. */
function withoutOwn(parameters: UrlParameters): UrlParameters {
  const {
    sort: _sort,
    state: _state,
    shadow: _shadow,
    proposed: _proposed,
    assignee: _assignee,
    ...others
  } = parameters
  return others['cursor'] === undefined ? others : parameters
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
    const { hidden, steps } = await triageOf(parts, caller, finding)
    response.json({
      ...findingAnswer(finding),
      hidden,
      steps,
      evidence: {
        data: events.map(withLinks),
        ...nextPage(response, question, next && { position: next, snapshot }, cursorKey),
        gaps,
      },
    })
  }
}

/** Of one finding; the newest. GET /v1/audit pages through all. */
const stepsMax = 100

async function triageOf(
  { store }: RouteParts,
  { scope }: Caller,
  { id }: Finding,
): Promise<{ readonly hidden: readonly object[]; readonly steps: readonly object[] }> {
  const window = { sinceUs: 0, untilUs: Number.MAX_SAFE_INTEGER }
  const asked = { query: matches('vio', [[id]]), window, limit: stepsMax, after: null }
  const [hidden, steps] = await Promise.all([hidingExceptions(store, id), findSteps(store, scope, asked)])
  return {
    hidden: hidden.map(({ id: exception, requests }) => ({ exception: exceptionId(exception), requests })),
    steps: steps.items.map(stepAnswer),
  }
}
