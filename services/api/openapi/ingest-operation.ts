// ingestOperation: what the receiver answers, as it stands in the document. The receiver is another process, with a
// contract whose client nobody can change, so it is no route of the table; test/ingest-document.test.ts asks a real one.

import { auditEventListSchema } from '../schemas/ingest-schemas.ts'
import type { DocumentedAnswer, Operation } from './openapi-document.ts'
import { schemaOf } from './schema-of.ts'

export const ingestPath = '/v1/ingest/k8s/{cluster}'

export const ingestTag = { name: 'ingest', description: 'What API servers post to.' } as const

/** Beside the token of whoever asks. */
export const ingestSecuritySchemes = {
  ingestToken: {
    type: 'http',
    scheme: 'bearer',
    description: 'The ingest token of one cluster: `pti_…`. `POST /v1/clusters` shows it once.',
  },
  clientCertificate: {
    type: 'mutualTLS',
    description: 'The client certificate of one cluster, in the place of its token.',
  },
} as const

const description = `Answers 200 when every event of the list is on disk, or its bytes are in quarantine with a reason: there is no 400, whatever the body holds, since an API server gives up a batch that is refused. A single Event and an array of them are taken too. Posting the same events again adds nothing.

Whoever posts is a cluster, by its token or its client certificate, or has an API token, which may post to every cluster. \`Content-Type\` and parameters are not looked at. There are no redirects, and errors are one line of text. Where a gzip body cannot be unpacked, the connection is closed without an answer.`

export const ingestOperation: Operation = {
  operationId: 'postEventList',
  tags: [ingestTag.name],
  summary: 'Take audit events in',
  description,
  servers: [
    {
      url: 'https://127.0.0.1:7718',
      description: 'The receiver, by TLS: PLAINTRAIL_INGEST_URL, or PLAINTRAIL_INGEST_PORT on this machine.',
    },
    { url: '/', description: 'This server, where one process does everything: without TLS, for this machine.' },
  ],
  security: [{ ingestToken: [] }, { clientCertificate: [] }, { token: [] }],
  parameters: [
    {
      name: 'cluster',
      in: 'path',
      required: true,
      description: 'Its name.',
      schema: { type: 'string' },
    },
    {
      name: 'timeout',
      in: 'query',
      required: false,
      description: 'How long the sender waits, which API servers tell: `30s`. Nothing is done with it.',
      schema: { type: 'string' },
    },
    {
      name: 'Content-Encoding',
      in: 'header',
      required: false,
      description: 'API servers send the body as it is.',
      schema: { enum: ['identity', 'gzip', 'x-gzip'] },
    },
  ],
  requestBody: { required: true, content: { 'application/json': { schema: schemaOf(auditEventListSchema) } } },
  responses: {
    200: { description: 'All of it is durable. The body is empty.', headers: {} },
    401: refused('There is no credential, or one that is not known.'),
    403: refused("The credential is another cluster's; or the cluster is not known, of an API token."),
    413: refused(
      'The body is over 64 MiB (PLAINTRAIL_INGEST_BODY_BYTES_MAX), unpacked. It is recorded as a gap: the API server drops it.',
    ),
    415: refused('A Content-Encoding other than gzip, in which no secret could be found: send the body as it is.'),
    503: refused('Too much at once, or it could not be made durable: post the same again.', {
      'Retry-After': { $ref: '#/components/headers/Retry-After' },
    }),
  },
}

function refused(about: string, headers: DocumentedAnswer['headers'] = {}): DocumentedAnswer {
  return { description: about, headers, content: { 'text/plain': { schema: { type: 'string' } } } }
}
