// POST /v1/backtests, GET and DELETE /v1/backtests/{id}: try a rule over what is stored.

import type { Request, Response } from 'express'
import { parseRules, type ParsedRule } from '@plaintrail/rules/parse-rules'
import { parseWindow } from '@plaintrail/query/window'
import {
  cancelBacktest,
  createBacktest,
  findBacktest,
  unendedBacktests,
  unendedBacktestsMax,
  type Backtest,
  type NewBacktest,
} from '@plaintrail/store/backtests'
import type { Store } from '@plaintrail/store/open-store'
import { currentRule } from '@plaintrail/store/rules'
import { visibleClusters } from '@plaintrail/store/visible-clusters'
import type { RouteParts } from '../api-parts.ts'
import type { Caller, Route } from '../authenticate.ts'
import { backtestAnswer } from '../backtest-answer.ts'
import { Problem } from '../problems.ts'
import type { NewBacktestBody } from '../schemas/backtest-schemas.ts'
import { isRuleName, noRule } from './get-rules.ts'
import { onlyRule } from './put-rule.ts'

type Answers = (
  request: Request,
  response: Response,
  caller: Caller,
  input: { readonly body: NewBacktestBody },
) => Promise<void>

/** 30 days. */
const sinceDefaultUs = 30 * 86_400_000_000

export function postBacktests({ store, nowUs }: RouteParts): Answers {
  return async (_request, response, { token, scope }, { body }) => {
    const { since, until, cluster = null } = body
    const window = parseWindow({ since, until }, nowUs(), nowUs() - sinceDefaultUs)
    const asked = await askedRule(store, body)
    if (cluster !== null && !(await visibleClusters(store, scope)).some(({ name }) => name === cluster))
      throw new Problem('not_found', 'there is no such cluster', 'GET /v1/clusters lists them.')
    const maker = { id: token?.id ?? noToken, name: token?.name ?? '' }
    const id = await createBacktest(store, scope, { ...asked, maker, cluster, window })
    const made = id === null ? null : await findBacktest(store, scope, id)
    if (!made)
      throw new Problem(
        'conflict',
        `${unendedBacktestsMax} back-tests are not ended yet`,
        `Wait for one of them, or cancel one (DELETE /v1/backtests/{id}): ${(await unendedBacktests(store, scope)).join(', ')}`,
      )
    const answer = backtestAnswer(made)
    response.status(202).location(answer.links.self).json(answer)
  }
}

/** A route that needs a token has one. */
const noToken = '00000000-0000-0000-0000-000000000000'

async function askedRule(
  store: Store,
  { rule: name, text }: NewBacktestBody,
): Promise<Pick<NewBacktest, 'rule' | 'running' | 'text'>> {
  if ((name === undefined) === (text === undefined))
    throw new Problem('unprocessable', 'a back-test is of a rule or of a text', 'Send either rule or text.')
  if (text !== undefined) {
    const parsed = ofEvents(onlyRule(parseRules(text), null))
    return { rule: parsed.rule.name, text: parsed.text, running: await runningOf(store, parsed) }
  }
  const current = isRuleName(name ?? '') ? await currentRule(store, name ?? '') : null
  if (current === null) throw noRule()
  const parsed = ofEvents(onlyRule(parseRules(current.text), current.name))
  return { rule: current.name, text: parsed.text, running: null }
}

function ofEvents(parsed: ParsedRule): ParsedRule {
  if (parsed.rule.on === 'event') return parsed
  throw new Problem(
    'unprocessable',
    'a back-test judges events, and this rule is on gaps',
    'PUT it with state: shadow instead, and look at GET /v1/findings?shadow=true: it judges gaps of the last hour at once, and those that come.',
  )
}

/** What is in force of its name, where that says something else. */
async function runningOf(store: Store, { rule, hash }: ParsedRule): Promise<NewBacktest['running']> {
  const current = await currentRule(store, rule.name)
  if (current === null || current.hash === hash) return null
  if (current.told.state === 'off' || current.told.on !== 'event' || current.failing !== null) return null
  return { version: current.version, text: current.text }
}

export function getBacktest(parts: RouteParts): Route {
  return async (request, response, caller) => {
    response.json(backtestAnswer(await findOrRefuse(parts, request, caller)))
  }
}

export function deleteBacktest(parts: RouteParts): Route {
  return async (request, response, caller) => {
    await cancelBacktest(parts.store, caller.scope, String(request.params['id']))
    response.json(backtestAnswer(await findOrRefuse(parts, request, caller)))
  }
}

async function findOrRefuse({ store }: RouteParts, request: Request, { scope }: Caller): Promise<Backtest> {
  const found = await findBacktest(store, scope, String(request.params['id']))
  if (found) return found
  throw new Problem(
    'not_found',
    'there is no such back-test, or it has expired',
    'POST /v1/backtests asks for another.',
  )
}
