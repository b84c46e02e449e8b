// The routes of this server itself, as data.

import * as z from 'zod'
import { json, notModified, route, tagged, type ApiRoute } from '../route.ts'
import { aliveSchema, documentSchema, readinessSchema, versionSchema } from '../schemas/server-schemas.ts'
import { getOpenapi } from './get-openapi.ts'
import { getReference } from './get-reference.ts'
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
    path: '/v1/openapi.json',
    tag: 'server',
    summary: 'This document',
    description: 'OpenAPI 3.1, written from the schemas that judge what you send.',
    access: 'anyone',
    answers: { 200: json('The document.', documentSchema, tagged), 304: notModified },
    handler: getOpenapi,
  }),
  route({
    method: 'get',
    path: '/v1/reference',
    tag: 'server',
    summary: 'This document, for people',
    description: 'One page, with an anchor for everything. It loads nothing from anywhere.',
    access: 'anyone',
    answers: {
      200: { description: 'The page.', content: { 'text/html': z.string() }, headers: tagged },
      304: notModified,
    },
    handler: getReference,
  }),
  route({
    method: 'get',
    path: '/healthz',
    tag: 'server',
    summary: 'Whether the process answers',
    description: 'For machines that watch this one.',
    access: 'anyone',
    rate: 'unlimited',
    otherParameters: 'ignored',
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
    otherParameters: 'ignored',
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
    otherParameters: 'ignored',
    answers: { 200: { description: 'The numbers.', content: { 'text/plain': z.string() } } },
    handler: answerOperation,
  }),
]
