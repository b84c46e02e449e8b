// The routes of clusters, as data.

import { json, route, type ApiRoute } from '../route.ts'
import {
  addedClusterSchema,
  clusterFreshnessSchema,
  clusterPageSchema,
  newClusterSchema,
} from '../schemas/cluster-schemas.ts'
import { getCluster } from './get-cluster.ts'
import { getClusters } from './get-clusters.ts'
import { postClusters } from './post-clusters.ts'

export const clusterRoutes: readonly ApiRoute[] = [
  route({
    method: 'get',
    path: '/v1/clusters',
    tag: 'clusters',
    summary: 'The clusters, and when each was last heard of',
    description: 'All in one page, by name.',
    answers: { 200: json('The clusters.', clusterPageSchema) },
    handler: getClusters,
  }),
  route({
    method: 'get',
    path: '/v1/clusters/{id}',
    tag: 'clusters',
    summary: 'How fresh one cluster is',
    description: 'What it sent last, lane by lane, and what is known to be missing of the last 24 hours.',
    inPath: { id: 'The id of the cluster, or its name.' },
    answers: { 200: json('The cluster.', clusterFreshnessSchema) },
    problems: ['not_found'],
    handler: getCluster,
  }),
  route({
    method: 'post',
    path: '/v1/clusters',
    tag: 'clusters',
    summary: 'Add a cluster, and get all that connects it',
    description:
      'Save the three texts where the API server finds them. The credential is shown this once; who sent an Idempotency-Key sees the same answer again for 24 hours.',
    body: newClusterSchema,
    keepsAnswer: true,
    answers: { 201: json('The cluster was added.', addedClusterSchema) },
    problems: ['bad_request', 'conflict', 'payload_too_large', 'unprocessable'],
    handler: postClusters,
  }),
]
