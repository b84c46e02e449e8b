// The routes of back-tests, as data.

import { json, route, type ApiRoute } from '../route.ts'
import { backtestSchema, newBacktestSchema } from '../schemas/backtest-schemas.ts'
import { deleteBacktest, getBacktest, postBacktests } from './post-backtests.ts'

const inPath = { id: 'The id of a back-test: `bt_…`.' }

export const backtestRoutes: readonly ApiRoute[] = [
  route({
    method: 'post',
    path: '/v1/backtests',
    tag: 'rules',
    summary: 'Try a rule over what is stored',
    description:
      'What the rule would have found, over the last 30 days unless you say, without putting it in force. It is worked out in parts; what is stored meanwhile goes first.',
    body: newBacktestSchema,
    answers: { 202: json('It is tried soon.', backtestSchema, { Location: 'The path of the back-test.' }) },
    problems: ['query_syntax', 'not_found', 'unprocessable', 'conflict'],
    keepsAnswer: true,
    handler: postBacktests,
  }),
  route({
    method: 'get',
    path: '/v1/backtests/{id}',
    tag: 'rules',
    summary: 'How far one back-test is, and what it found',
    description:
      'Ask every few seconds until `state` is `done`, `failed` or `cancelled`. It is kept for 30 days, for tokens with the same rights as that which asked.',
    inPath,
    answers: { 200: json('The back-test.', backtestSchema) },
    problems: ['not_found'],
    handler: getBacktest,
  }),
  route({
    method: 'delete',
    path: '/v1/backtests/{id}',
    tag: 'rules',
    summary: 'End a back-test, and throw away what it found',
    description: 'Whatever its state.',
    inPath,
    answers: { 200: json('It is cancelled.', backtestSchema) },
    problems: ['not_found'],
    handler: deleteBacktest,
  }),
]
