// /v1/exceptions: what does not count in what a rule finds.

import type { Request, Response } from 'express'
import { openCursor } from '@plaintrail/query/cursor'
import {
  addException,
  deleteException,
  findException,
  findExceptions,
  type AddedException,
} from '@plaintrail/store/exceptions'
import type { RouteParts } from '../api-parts.ts'
import type { Caller, Route } from '../authenticate.ts'
import { nextPage } from '../list-answer.ts'
import { cursorKeyFor, listQuestion, urlParameters } from '../list-question.ts'
import { mayChangeRules } from '../may-change-rules.ts'
import { Problem } from '../problems.ts'
import type { NewExceptionBody } from '../schemas/triage-schemas.ts'
import { exceptionAnswer, exceptionId, exceptionNumber } from '../triage-answer.ts'
import { laterTime, matchRead, whoIs } from './patch-finding.ts'

type Takes<Input> = (request: Request, response: Response, caller: Caller, input: Input) => Promise<void>

interface Asked {
  readonly rule?: string | undefined
  readonly holds?: boolean | undefined
  readonly cursor?: string | undefined
}

/** What is asked for stands in the name of the list, and so in its cursors. */
const listForm = /^exceptions (true|false|any) (.*)$/

export function getExceptions(parts: RouteParts): Takes<{ readonly query: Asked }> {
  return async (request, response, caller, { query: { rule, holds, cursor } }) => {
    const cursorKey = cursorKeyFor(parts, caller)
    const asked =
      cursor === undefined ? `exceptions ${holds ?? 'any'} ${rule ?? ''}` : openCursor(cursor, cursorKey).list
    const [, is = 'any', name = ''] = listForm.exec(asked) ?? []
    const { rule: _rule, holds: _holds, ...others } = urlParameters(request)
    const parameters = cursor === undefined ? others : urlParameters(request)
    const list = `exceptions ${is} ${name}` as const
    const { limit, after, ...question } = listQuestion(parameters, cursorKey, {
      list,
      nowUs: parts.nowUs(),
      sinceUs: 0,
    })
    const { items, next } = await findExceptions(parts.store, {
      rule: name === '' ? null : name,
      holds: is === 'any' ? null : is === 'true',
      limit,
      after,
    })
    response.json({
      data: items.map(exceptionAnswer),
      ...nextPage(response, { ...question, limit, after }, next && { position: next }, cursorKey),
    })
  }
}

export function getException({ store }: RouteParts): Route {
  return async (request, response) => {
    const found = await findException(store, idIn(request))
    if (found === null) throw noException()
    response.json(exceptionAnswer(found))
  }
}

export function postExceptions({ store, nowUs }: RouteParts): Takes<{ readonly body: NewExceptionBody }> {
  return async (_request, response, caller, { body }) => {
    mayChangeRules(caller)
    const { rule, match, reason, owner = null, expires_at: expires = null } = body
    const added = await addException(
      store,
      whoIs(caller),
      {
        rule,
        match: matchRead(match, '/match'),
        reason,
        owner,
        expiresUs: expires === null ? null : laterTime(expires, nowUs(), '/expires_at'),
      },
      nowUs(),
    )
    if (added.kind !== 'added') throw refused(added)
    const made = await findException(store, added.id)
    if (made === null) throw noException()
    response
      .status(201)
      .location(`/v1/exceptions/${exceptionId(made.id)}`)
      .json(exceptionAnswer(made))
  }
}

export function deleteExceptionRoute({ store }: RouteParts): Route {
  return async (request, response, caller) => {
    mayChangeRules(caller)
    const id = idIn(request)
    const isEnded = await deleteException(store, whoIs(caller), id)
    const found = await findException(store, id)
    if (found === null) throw noException()
    if (!isEnded) throw new Problem('conflict', 'the exception does not hold any more', 'Make another one.')
    response.json(exceptionAnswer(found))
  }
}

function refused(added: Exclude<AddedException, { kind: 'added' }>): Problem {
  switch (added.kind) {
    case 'no-rule':
      return field('/rule', 'there is no such rule', 'GET /v1/rules lists them.')
    case 'no-events':
      return field('/rule', 'the rule is on gaps, which are no events', 'Mend it in its text.')
    case 'no-end':
      return field(
        '/expires_at',
        `one person hides what a rule of severity critical finds for ${added.daysMax} days at most`,
        "Say when it ends (--until on the command line), or write it into the rule's own exceptions.",
      )
    case 'too-many': {
      const of = added.of === 'rule' ? 'of the rule ' : ''
      return new Problem('conflict', `${added.max} exceptions ${of}hold already`, 'Delete one that nobody needs.')
    }
    default:
      return added satisfies never
  }
}

function field(pointer: string, says: string, hint: string): Problem {
  return new Problem('unprocessable', says, hint, { errors: [{ pointer, detail: says }] })
}

function idIn(request: Request): number {
  const id = exceptionNumber(String(request.params['id']))
  if (id === null) throw noException()
  return id
}

const noException = (): Problem =>
  new Problem('not_found', 'there is no such exception', 'Ids begin with exc_; GET /v1/exceptions lists them.')
