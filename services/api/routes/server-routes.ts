// The routes of this server itself, as data.

import * as z from 'zod'
import { json, route, type ApiRoute } from '../route.ts'
import { aliveSchema, readinessSchema, versionSchema } from '../schemas/server-schemas.ts'
import { answerOperation } from './operations.ts'

export const serverRoutes: readonly ApiRoute[] = [
  route({
    method: 'get',
    path: '/v1/version',
    tag: 'server',
    summary: 'Which version this is',
    description: 'The header Plaintrail-Version of every answer says the same.',
    answers: { 200: json('The version.', versionSchema) },
    handler:
      ({ version }) =>
      (_request, response) =>
        void response.json({ version }),
  }),
  route({
    method: 'get',
    path: '/healthz',
    tag: 'server',
    summary: 'Whether the process answers',
    description: 'For machines that watch this one.',
    access: 'anyone',
    rate: 'unlimited',
    answers: { 200: json('It runs.', aliveSchema) },
    handler: answerOperation,
  }),
  route({
    method: 'get',
    path: '/readyz',
    tag: 'server',
    summary: 'Whether it can work, and why not',
    description: 'For machines that watch this one, and for the operator: each check has a sentence.',
    access: 'anyone',
    rate: 'unlimited',
    answers: { 200: json('It can work.', readinessSchema), 503: json('It cannot.', readinessSchema) },
    handler: answerOperation,
  }),
  route({
    method: 'get',
    path: '/metrics',
    tag: 'server',
    summary: 'Numbers for Prometheus',
    description: 'Of this process, in the text format of Prometheus. They tell no event and no secret.',
    access: 'anyone',
    rate: 'unlimited',
    answers: { 200: { description: 'The numbers.', content: { 'text/plain': z.string() } } },
    handler: answerOperation,
  }),
]
