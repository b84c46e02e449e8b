// The routes of what operators are told, as data.

import * as z from 'zod'
import { json, route, type ApiRoute } from '../route.ts'
import { nextHeader } from '../schemas/page-schemas.ts'
import {
  cursorParameter,
  limitParameter,
  oneOf,
  severalTexts,
  windowParameters,
  yesOrNo,
} from '../schemas/parameter-schemas.ts'
import { jobPageSchema, noticePageSchema, quarantinePageSchema, retriedJobSchema } from '../schemas/upkeep-schemas.ts'
import { getJobs } from './get-jobs.ts'
import { getNotices } from './get-notices.ts'
import { getQuarantine } from './get-quarantine.ts'
import { postJobRetry } from './post-job-retry.ts'

const listOfOneCluster = {
  cluster: severalTexts('Names of clusters, or globs.'),
  'not.cluster': severalTexts('None of these.'),
  ...windowParameters,
  limit: limitParameter,
  cursor: cursorParameter,
} satisfies Record<string, z.ZodType>

export const upkeepRoutes: readonly ApiRoute[] = [
  route({
    method: 'get',
    path: '/v1/quarantine',
    tag: 'upkeep',
    summary: 'What arrived and could not be read, newest first',
    description: 'Of all time unless you say: such things are few and must not be overlooked.',
    query: { ...listOfOneCluster, bytes: yesOrNo('Whether each item has its bytes.') },
    answers: { 200: json('The page.', quarantinePageSchema, nextHeader) },
    problems: ['query_syntax', 'busy'],
    handler: getQuarantine,
  }),
  route({
    method: 'get',
    path: '/v1/notices',
    tag: 'upkeep',
    summary: 'What the server has to tell its operators',
    description: 'Newest first, of all time unless you say. They are kept as long as events.',
    query: listOfOneCluster,
    answers: { 200: json('The page.', noticePageSchema, nextHeader) },
    problems: ['query_syntax'],
    handler: getNotices,
  }),
  route({
    method: 'get',
    path: '/v1/jobs',
    tag: 'upkeep',
    summary: 'Jobs that failed in all their attempts',
    description: 'Last died first. They wait until a person has them tried again.',
    query: {
      state: oneOf(['dead'], 'It can be `dead`: jobs that wait or are being tried are counted by the metrics.'),
      limit: limitParameter,
      cursor: cursorParameter,
    },
    answers: { 200: json('The page.', jobPageSchema, nextHeader) },
    problems: ['query_syntax'],
    handler: getJobs,
  }),
  route({
    method: 'post',
    path: '/v1/jobs/{id}/retry',
    tag: 'upkeep',
    summary: 'Have a job tried again',
    description: 'As a new round of attempts. However often it is tried, it has its effect once.',
    inPath: { id: 'The id of a job, a UUID.' },
    keepsAnswer: true,
    answers: { 202: json('It is tried soon, and listed again when that fails too.', retriedJobSchema) },
    problems: ['not_found', 'conflict'],
    handler: postJobRetry,
  }),
]
