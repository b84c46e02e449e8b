// PATCH /v1/findings/{id}, POST /v1/findings/{id}/comments and /v1/findings/bulk: what people make of findings.

import type { Request, Response } from 'express'
import { QueryError } from '@plaintrail/query/query-error'
import { readExceptionMatch } from '@plaintrail/store/exception-query'
import { findFinding } from '@plaintrail/store/find-findings'
import {
  stepsMax,
  triageFinding,
  type IgnoredUntil,
  type TriageChange,
  type Triaged,
} from '@plaintrail/store/triage-finding'
import type { Who } from '@plaintrail/store/triage-steps'
import type { RouteParts } from '../api-parts.ts'
import type { Caller } from '../authenticate.ts'
import { findingAnswer } from '../finding-answer.ts'
import { problemCodes } from '../problem-codes.ts'
import { Problem } from '../problems.ts'
import type { BulkChangeBody, TriageChangeBody } from '../schemas/triage-schemas.ts'
import { tagOfTriage, versionOfTriage } from '../triage-answer.ts'

type Takes<Body> = (
  request: Request,
  response: Response,
  caller: Caller,
  input: { readonly body: Body },
) => Promise<void>

export function patchFinding(parts: RouteParts): Takes<TriageChangeBody> {
  return async (request, response, caller, { body }) => {
    const id = String(request.params['id'])
    const ifVersion = versionAsked(request)
    const nowUs = parts.nowUs()
    const asked = { id, who: whoIs(caller), change: changeOf(body, nowUs), ifVersion }
    const triaged = await triageFinding(parts.store, caller.scope, asked, nowUs)
    const problem = problemOf(triaged)
    if (problem !== null) throw problem
    if (triaged.kind === 'proposed') response.status(202)
    await answerFinding(parts, response, caller, id)
  }
}

export function postFindingComments(parts: RouteParts): Takes<{ readonly comment: string }> {
  return async (request, response, caller, { body: { comment } }) => {
    const id = String(request.params['id'])
    const asked = { id, who: whoIs(caller), change: { comment }, ifVersion: null }
    const problem = problemOf(await triageFinding(parts.store, caller.scope, asked))
    if (problem !== null) throw problem
    response.status(201)
    await answerFinding(parts, response, caller, id)
  }
}

/** Each finding by itself: of one that fails nothing is done, and the others are changed. */
export function postFindingsBulk(parts: RouteParts): Takes<BulkChangeBody> {
  return async (_request, response, caller, { body: { findings, ...body } }) => {
    const nowUs = parts.nowUs()
    const change = changeOf(body, nowUs)
    const data: object[] = []
    let [changed, proposed] = [0, 0]
    for (const { id, tag } of findings) {
      const ifVersion = tag.trim() === '*' ? null : (versionOfTriage(tag) ?? noVersion)
      const asked = { id, who: whoIs(caller), change, ifVersion }
      const triaged = await triageFinding(parts.store, caller.scope, asked, nowUs)
      const problem = problemOf(triaged)
      if (triaged.kind === 'done') changed += 1
      if (triaged.kind === 'proposed') proposed += 1
      data.push({
        id,
        status: problem === null ? (triaged.kind === 'proposed' ? 202 : 200) : problemCodes[problem.code][0],
        tag: 'version' in triaged ? tagOfTriage(triaged.version) : null,
        code: problem?.code ?? null,
        detail: problem?.message ?? null,
      })
    }
    response.json({ data, changed, proposed, failed: findings.length - changed - proposed })
  }
}

/** A finding has no such version. */
const noVersion = -1

export const whoIs = ({ token }: Caller): Who => ({ name: token?.name ?? '', id: token?.id ?? null })

/** Null where any will do, which must be said. */
function versionAsked(request: Request): number | null {
  const wanted = request.get('If-Match')?.trim()
  if (wanted === undefined || wanted === '')
    throw new Problem(
      'precondition_required',
      'it was not said which state of the finding is to be changed',
      'Send its triage.tag as If-Match.',
    )
  if (wanted === '*') return null
  const [version = null, ...others] = wanted.split(',').flatMap((tag) => versionOfTriage(tag) ?? [])
  return others.length > 0 ? noVersion : (version ?? noVersion)
}

function changeOf({ until, ...body }: TriageChangeBody, nowUs: number): TriageChange {
  return { ...body, until: until === undefined ? undefined : untilOf(until, nowUs) }
}

function untilOf({ time, events, match }: NonNullable<TriageChangeBody['until']>, nowUs: number): IgnoredUntil {
  if (events !== undefined) return { kind: 'events', more: events }
  if (match !== undefined) return { kind: 'match', match: matchRead(match, '/until/match') }
  return { kind: 'time', atUs: laterTime(time ?? '', nowUs, '/until/time') }
}

/** Throws a Problem where the query cannot be read, or means what may come to be known later. */
export function matchRead(match: string, pointer: string): string {
  try {
    readExceptionMatch(match)
    return match
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    throw wrongField(pointer, error.message, error.hint)
  }
}

/** Microseconds since 1970. */
export function laterTime(text: string, nowUs: number, pointer: string): number {
  const atUs = Date.parse(text) * 1_000
  if (atUs > nowUs) return atUs
  throw wrongField(pointer, 'the time is past', 'Say one that is to come.')
}

function wrongField(pointer: string, says: string, hint: string | null = null): Problem {
  return new Problem('unprocessable', says, hint, { errors: [{ pointer, detail: says }] })
}

function refusedHint(field: string): string | null {
  return field === 'comment' ? 'Say it as comment: --comment on the command line.' : null
}

/** Null where it is done, or proposed. */
function problemOf(triaged: Triaged): Problem | null {
  switch (triaged.kind) {
    case 'done':
    case 'proposed':
      return null
    case 'own-proposal':
      return new Problem(
        'conflict',
        'you have proposed this, and another person has to confirm it',
        'Have somebody else send it with a token of another name, or give it an end: `until` (--until on the command line).',
      )
    case 'not-found':
      return new Problem(
        'not_found',
        'there is no such finding, or nothing is left of it',
        'Ids begin with fnd_; GET /v1/findings lists them.',
      )
    case 'stale':
      return new Problem(
        'precondition_failed',
        'somebody changed the finding meanwhile',
        'Get it again, and send your change with its triage.tag as If-Match.',
      )
    case 'refused':
      return wrongField(`/${triaged.field}`, triaged.says, refusedHint(triaged.field))
    case 'full':
      return new Problem('conflict', `there are ${stepsMax} steps about the finding already`)
    default:
      return triaged satisfies never
  }
}

async function answerFinding({ store }: RouteParts, response: Response, caller: Caller, id: string): Promise<void> {
  const finding = await findFinding(store, caller.scope, id)
  // Its last event may have ceased to count since.
  if (finding === null) throw new Problem('gone', 'it is done, and nothing is left of the finding by now')
  response.setHeader('ETag', tagOfTriage(finding.triage.version))
  response.json(findingAnswer(finding))
}
