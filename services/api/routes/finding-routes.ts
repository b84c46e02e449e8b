// The routes of findings, as data.

import { findingSorts } from '@plaintrail/store/find-findings'
import { json, route, type ApiRoute } from '../route.ts'
import type { ParameterShape } from '../read-input.ts'
import { findingPageSchema, findingWithEventsSchema } from '../schemas/finding-schemas.ts'
import { nextHeader } from '../schemas/page-schemas.ts'
import { cursorParameter, limitParameter, oneOf, severalTexts, windowParameters } from '../schemas/parameter-schemas.ts'
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
      'One item for each cluster, rule and group, however many events are behind it. Of all time unless you say; `since` and `until` are about their events. By the time of the last event, one that gets another event while you page moves to the front and is not on later pages: with `sort=opened` each is on one page.',
    query: {
      ...filters,
      ...windowParameters,
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
]
