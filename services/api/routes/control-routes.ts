// The routes of controls, and of how far rules can judge, as data.

import { json, route, type ApiRoute } from '../route.ts'
import { windowParameters } from '../schemas/parameter-schemas.ts'
import { clusterCoverageSchema, controlAnswerSchema, controlListSchema } from '../schemas/rule-coverage-schemas.ts'
import { getClusterCoverage } from './get-cluster-coverage.ts'
import { getControl, getControls } from './get-controls.ts'

export const controlRoutes: readonly ApiRoute[] = [
  route({
    method: 'get',
    path: '/v1/clusters/{id}/coverage',
    tag: 'rules',
    summary: 'Which rules can judge what a cluster sends',
    description:
      'Measured from what arrived, not from what an audit policy promises: of each rule how many events could concern it, how many of these it could not judge and why, and the smallest change of the audit policy that mends it, with the events and bytes a day that it would record. The last 7 days, unless you say; whole days by UTC.',
    inPath: { id: 'The id of the cluster, or its name.' },
    query: windowParameters,
    answers: { 200: json('Which rules can work.', clusterCoverageSchema) },
    problems: ['not_found', 'query_syntax'],
    handler: getClusterCoverage,
  }),
  route({
    method: 'get',
    path: '/v1/controls',
    tag: 'rules',
    summary: 'The controls that rules are evidence for',
    description:
      'Of PCI DSS, SOC 2, ISO 27001, NIST SP 800-53, CIS and HIPAA those that a rule in force names. A rule shows that somebody looked; it does not fulfil a control by itself.',
    answers: { 200: json('The controls.', controlListSchema) },
    handler: getControls,
  }),
  route({
    method: 'get',
    path: '/v1/controls/{id}',
    tag: 'rules',
    summary: 'What was found about a control, and where nobody looked',
    description:
      'The rules behind a control, what each found in the window, and for every cluster what is known to be missing and which of the rules could not judge: silence is evidence only where `is_covered` is true. The last 90 days, unless you say.',
    inPath: { id: 'Its id, such as `pci:10.2.1.2`.' },
    query: windowParameters,
    answers: { 200: json('What was found.', controlAnswerSchema) },
    problems: ['not_found', 'query_syntax'],
    handler: getControl,
  }),
]
