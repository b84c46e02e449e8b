// The routes of rules, as data.

import * as z from 'zod'
import { json, notModified, route, tagged, type ApiRoute } from '../route.ts'
import { nextHeader } from '../schemas/page-schemas.ts'
import { cursorParameter, limitParameter, oneOf, wholeNumber } from '../schemas/parameter-schemas.ts'
import {
  deletedRuleSchema,
  putRuleSchema,
  rulePageSchema,
  ruleSchema,
  ruleTextSchema,
  ruleTextTypes,
  ruleValidationSchema,
  ruleVersionPageSchema,
} from '../schemas/rule-schemas.ts'
import { ruleExplanationSchema } from '../schemas/rule-explain-schemas.ts'
import { getRuleExplain } from './get-rule-explain.ts'
import { getRule, getRules, getRuleVersions } from './get-rules.ts'
import { deleteRule, postRulesValidate, putRule } from './put-rule.ts'

const inPath = { name: 'The name of a rule.' }
const versionMax = 2_000_000_000
const eventIdLengthMax = 64
const pages = { limit: limitParameter, cursor: cursorParameter }
const put = { ETag: 'Names this version: for If-Match.', Location: 'The path of the rule.' }

export const ruleRoutes: readonly ApiRoute[] = [
  route({
    method: 'get',
    path: '/v1/rules',
    tag: 'rules',
    summary: 'The rules in force, by name',
    description: 'Each with what it found in clusters that you may see.',
    query: pages,
    answers: { 200: json('The page.', rulePageSchema, nextHeader) },
    problems: ['query_syntax'],
    handler: getRules,
  }),
  route({
    method: 'get',
    path: '/v1/rules/{name}',
    tag: 'rules',
    summary: 'One rule, with its text',
    description: 'The version in force, unless `version` says another. As `application/yaml` it is the text alone.',
    inPath,
    query: {
      version: wholeNumber(1, versionMax, null, 'Which version; that in force unless you say.'),
      format: oneOf(['json', 'yaml'], '`yaml`: the text, as it was written. As `Accept` says, unless you say.'),
    },
    answers: {
      200: {
        description: 'The rule.',
        content: { 'application/json': ruleSchema, 'application/yaml': ruleTextSchema },
        headers: tagged,
      },
      304: notModified,
    },
    problems: ['query_syntax', 'not_found'],
    handler: getRule,
  }),
  route({
    method: 'get',
    path: '/v1/rules/{name}/versions',
    tag: 'rules',
    summary: 'What a rule ever said, the newest first',
    description: 'Every version with its author and hash; also of a rule that is gone.',
    inPath,
    query: pages,
    answers: { 200: json('The page.', ruleVersionPageSchema, nextHeader) },
    problems: ['query_syntax', 'not_found'],
    handler: getRuleVersions,
  }),
  route({
    method: 'get',
    path: '/v1/rules/{name}/explain',
    tag: 'rules',
    summary: 'What a rule says of one event, and why',
    description:
      'Which clause decided, on which value, and which exceptions were tried; of the version in force, unless `version` says another. It is judged anew, by what is known now.',
    inPath,
    query: {
      event: z.string().max(eventIdLengthMax).describe('The id of an event: `evt_…`.'),
      version: wholeNumber(1, versionMax, null, 'Which version; that in force unless you say.'),
    },
    answers: { 200: json('The explanation.', ruleExplanationSchema) },
    problems: ['query_syntax', 'not_found', 'conflict', 'busy'],
    handler: getRuleExplain,
  }),
  route({
    method: 'put',
    path: '/v1/rules/{name}',
    tag: 'rules',
    summary: 'Make a rule, or change it',
    description:
      'The body is its text, of one rule; or a file of Falco or Sigma, of which the rule of that name is taken. It is in force within seconds, before rules of that name from the folder or the pack, and judges what is stored from then on. The same text again changes nothing.',
    inPath,
    inHeaders: {
      'If-Match': 'The ETag of the version that you changed: where it is not in force any more, nothing is done.',
      'If-None-Match': '`*`: only where there is no rule of that name.',
    },
    body: ruleTextSchema,
    textTypes: ruleTextTypes,
    keepsAnswer: true,
    answers: {
      200: json('It is changed, or was so already.', putRuleSchema, put),
      201: json('It is new.', putRuleSchema, put),
    },
    problems: ['bad_request', 'conflict', 'payload_too_large', 'precondition_failed', 'unprocessable'],
    handler: putRule,
  }),
  route({
    method: 'delete',
    path: '/v1/rules/{name}',
    tag: 'rules',
    summary: 'Take a rule away that was put here',
    description: 'One of that name from the folder or the pack is in force again. Its versions and what it found stay.',
    inPath,
    answers: { 200: json('It is gone.', deletedRuleSchema) },
    problems: ['not_found', 'conflict'],
    handler: deleteRule,
  }),
  route({
    method: 'post',
    path: '/v1/rules/validate',
    tag: 'rules',
    summary: 'Whether a text of rules is right',
    description: 'One rule or several, with the place of every error. Nothing is changed.',
    body: ruleTextSchema,
    textTypes: ruleTextTypes,
    answers: { 200: json('What it says, and what is wrong.', ruleValidationSchema) },
    problems: ['bad_request', 'payload_too_large'],
    handler: postRulesValidate,
  }),
]
