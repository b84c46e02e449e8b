// The routes of exceptions, as data.

import { json, route, type ApiRoute } from '../route.ts'
import { nextHeader } from '../schemas/page-schemas.ts'
import { cursorParameter, limitParameter, oneText, yesOrNo } from '../schemas/parameter-schemas.ts'
import { exceptionPageSchema, exceptionSchema, newExceptionSchema } from '../schemas/triage-schemas.ts'
import { deleteExceptionRoute, getException, getExceptions, postExceptions } from './get-exceptions.ts'

const inPath = { id: 'The id of an exception: `exc_…`.' }
const ruleNameMax = 63

export const exceptionRoutes: readonly ApiRoute[] = [
  route({
    method: 'get',
    path: '/v1/exceptions',
    tag: 'findings',
    summary: 'What is not to count, newest first',
    description: 'Exceptions that hold, and those that have ended, with how much each hides now.',
    query: {
      rule: oneText('The name of a rule.', ruleNameMax),
      holds: yesOrNo('Those that hold, or those that have ended.'),
      limit: limitParameter,
      cursor: cursorParameter,
    },
    answers: { 200: json('The page.', exceptionPageSchema, nextHeader) },
    problems: ['query_syntax'],
    handler: getExceptions,
  }),
  route({
    method: 'get',
    path: '/v1/exceptions/{id}',
    tag: 'findings',
    summary: 'One exception',
    description: 'With how much it hides now.',
    inPath,
    answers: { 200: json('The exception.', exceptionSchema) },
    problems: ['not_found'],
    handler: getException,
  }),
  route({
    method: 'post',
    path: '/v1/exceptions',
    tag: 'findings',
    summary: 'Say what is not to count in what a rule finds',
    description:
      'Events that the query means are kept and do not count in findings of the rule, those that come and, within seconds, those that were found already. When it ends they count again.',
    body: newExceptionSchema,
    keepsAnswer: true,
    answers: { 201: json('It holds.', exceptionSchema, { Location: 'The path of the exception.' }) },
    problems: ['bad_request', 'conflict', 'unprocessable', 'payload_too_large'],
    handler: postExceptions,
  }),
  route({
    method: 'delete',
    path: '/v1/exceptions/{id}',
    tag: 'findings',
    summary: 'End an exception',
    description: 'What it hid counts again within seconds, and opens what was resolved. It stays in the list.',
    inPath,
    answers: { 200: json('It has ended.', exceptionSchema) },
    problems: ['not_found', 'conflict'],
    handler: deleteExceptionRoute,
  }),
]
