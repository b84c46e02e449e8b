// The routes of findings, as data.

import { assigneeCharsMax, findingStates } from '@plaintrail/rules/triage'
import { findingSorts } from '@plaintrail/store/find-findings'
import { json, route, type ApiRoute } from '../route.ts'
import type { ParameterShape } from '../read-input.ts'
import { findingPageSchema, findingSchema, findingWithEventsSchema } from '../schemas/finding-schemas.ts'
import { nextHeader } from '../schemas/page-schemas.ts'
import {
  cursorParameter,
  limitParameter,
  oneOf,
  oneText,
  severalTexts,
  someOf,
  yesOrNo,
  windowParameters,
} from '../schemas/parameter-schemas.ts'
import {
  bulkChangeSchema,
  bulkResultSchema,
  newCommentSchema,
  stepPageSchema,
  triageChangeSchema,
} from '../schemas/triage-schemas.ts'
import { getAudit } from './get-audit.ts'
import { patchFinding, postFindingComments, postFindingsBulk } from './patch-finding.ts'
import { getFinding, getFindings } from './get-findings.ts'

/** Those words of the query language that are about findings, each with its negation. */
const filters = {
  rule: severalTexts('Names of rules, or globs.'),
  'not.rule': severalTexts('None of these; see `rule`.'),
  vio: severalTexts('Ids of findings.'),
  'not.vio': severalTexts('None of these; see `vio`.'),
  severity: severalTexts('`high`, `>=high`, `low..high`; from least: info, low, medium, high, critical.'),
  'not.severity': severalTexts('None of these; see `severity`.'),
  control: severalTexts('Controls, such as `pci:10.2.1.2`, or globs.'),
  'not.control': severalTexts('None of these; see `control`.'),
  cluster: severalTexts('Names of clusters, or globs.'),
  'not.cluster': severalTexts('None of these; see `cluster`.'),
} satisfies ParameterShape

export const findingRoutes: readonly ApiRoute[] = [
  route({
    method: 'get',
    path: '/v1/findings',
    tag: 'findings',
    summary: 'What rules found, the latest first',
    description:
      'One item for each cluster, rule and group, however many events are behind it. Of all time unless you say; `since` and `until` are about their events. By the time of the last event, one that gets another event while you page moves to the front: the last pages (`meta.again`) have those that changed since the first once more, so that each is on one page or two. With `sort=opened` each is on one, but for those of the last ten minutes.',
    query: {
      ...filters,
      ...windowParameters,
      state: someOf(findingStates, `In one of these states: ${findingStates.join(', ')}.`),
      assignee: oneText("Whose they are; `assignee=` nobody's.", assigneeCharsMax),
      proposed: yesOrNo('Those that wait for a second person to be ignored for ever, or those that do not.'),
      shadow: yesOrNo(
        'Whether findings of rules that are tried out (`state: shadow`) are among them; no unless you say.',
      ),
      sort: oneOf(findingSorts, '`last`: by the last event; `opened`: by when it was found. `last` unless you say.'),
      limit: limitParameter,
      cursor: cursorParameter,
    },
    answers: { 200: json('The page.', findingPageSchema, nextHeader) },
    problems: ['query_syntax'],
    handler: getFindings,
  }),
  route({
    method: 'get',
    path: '/v1/findings/{id}',
    tag: 'findings',
    summary: 'One finding, and the events behind it',
    description:
      'What happened, why it matters, how to mend it, and a page of its events, newest first. `evidence.next_cursor` leads to the next page of these.',
    inPath: { id: 'The id of a finding: `fnd_…`.' },
    query: { limit: limitParameter, cursor: cursorParameter },
    answers: { 200: json('The finding.', findingWithEventsSchema, nextHeader) },
    problems: ['query_syntax', 'not_found'],
    handler: getFinding,
  }),
  route({
    method: 'patch',
    path: '/v1/findings/{id}',
    tag: 'findings',
    summary: 'Say what is made of a finding',
    description:
      'Its state, who looks after it, and why. Who resolves or ignores one gives a reason, and a comment where its severity is high or critical. A resolved one opens again with a new event, an ignored one when `until` comes. One of severity critical that is to be ignored without `until` is `proposed` (202) until a token of another name sends the same. What was done is a step, which stays.',
    inPath: { id: 'The id of a finding: `fnd_…`.' },
    inHeaders: {
      'If-Match': 'Required: the `triage.tag` that you have. Where it is another by now nothing is done. `*` for any.',
    },
    body: triageChangeSchema,
    answers: {
      200: json('It is as you say.', findingSchema, { ETag: 'Its `triage.tag` by now.' }),
      202: json('It stands as a proposal, which another person has to confirm.', findingSchema, {
        ETag: 'Its `triage.tag` by now.',
      }),
    },
    problems: [
      'bad_request',
      'not_found',
      'conflict',
      'gone',
      'precondition_failed',
      'precondition_required',
      'unprocessable',
      'payload_too_large',
    ],
    handler: patchFinding,
  }),
  route({
    method: 'post',
    path: '/v1/findings/{id}/comments',
    tag: 'findings',
    summary: 'Say something about a finding',
    description: 'A step without a change: what others have of the finding is not old by it.',
    inPath: { id: 'The id of a finding: `fnd_…`.' },
    body: newCommentSchema,
    keepsAnswer: true,
    answers: { 201: json('It is said.', findingSchema, { ETag: 'The `triage.tag` of the finding.' }) },
    problems: ['bad_request', 'not_found', 'conflict', 'gone', 'unprocessable', 'payload_too_large'],
    handler: postFindingComments,
  }),
  route({
    method: 'post',
    path: '/v1/findings/bulk',
    tag: 'findings',
    summary: 'Say the same of several findings',
    description:
      'One change of at most 100 findings, each by itself: it is changed as a PATCH with its tag would change it, or not at all, and the answer says which.',
    body: bulkChangeSchema,
    answers: { 200: json('What came of each.', bulkResultSchema) },
    problems: ['bad_request', 'unprocessable', 'payload_too_large'],
    handler: postFindingsBulk,
  }),
  route({
    method: 'get',
    path: '/v1/audit',
    tag: 'findings',
    summary: 'What was done here, newest first',
    description:
      'Every step about a finding, an exception, a rule or a token: who did it, what it was before and after, and why. None is ever changed or taken away. Of all time unless you say.',
    query: {
      rule: filters.rule,
      'not.rule': filters['not.rule'],
      vio: filters.vio,
      'not.vio': filters['not.vio'],
      cluster: filters.cluster,
      'not.cluster': filters['not.cluster'],
      actor: severalTexts('Names of tokens, or globs; `plaintrail` for what it did by itself.'),
      'not.actor': severalTexts('None of these; see `actor`.'),
      ...windowParameters,
      limit: limitParameter,
      cursor: cursorParameter,
    },
    answers: { 200: json('The page.', stepPageSchema, nextHeader) },
    problems: ['query_syntax'],
    handler: getAudit,
  }),
]
