// POST /v1/ingest/k8s/{cluster}: the webhook's contract. 200 with an empty body exactly when every event of the list is
// durable, or its bytes are; never 4xx for content and never a redirect, since an API server retries any error and then
// drops the whole batch (kubernetes/apiserver plugin/pkg/audit/webhook).

import type { Request, Response, Router } from 'express'
import express from 'express'
import { EnvelopeRefused, type LogWriter } from '@plaintrail/event-log/event-log'
import type { Health } from '@plaintrail/runtime/health'
import type { Logger } from '@plaintrail/runtime/logger'
import type { Credentials, IngestCredential } from './credentials.ts'
import type { GapRecorder } from './gap-recorder.ts'
import { isReadableEncoding, readBody, type Budget } from './read-body.ts'
import type { ReceiverMetrics } from './receiver-metrics.ts'
import type { TakeIn } from './take-in.ts'

export interface IngestParts {
  readonly credentials: Credentials
  readonly takeIn: TakeIn
  readonly log: LogWriter
  readonly gaps: GapRecorder
  readonly budget: Budget
  readonly bodyBytesMax: number
  readonly metrics: ReceiverMetrics
  readonly health: Health
  readonly logger: Logger
  /** Microseconds since 1970. */
  readonly nowUs: () => number
}

/** Whole seconds: client-go ignores the date form (rest/with_retry.go). */
const retryAfterSeconds = 2

export function ingestRouter(parts: IngestParts): Router {
  const router = express.Router({ caseSensitive: true, strict: false })
  router.post('/v1/ingest/k8s/:cluster', async (request, response) => {
    const stop = parts.metrics.startRequest()
    const cluster = request.params.cluster
    const admission = await parts.credentials.admit(request, cluster)
    const isAdmitted = admission.kind === 'admitted'
    const code = isAdmitted
      ? await takePost(parts, request, response, admission.credential)
      : turnAway(parts, request, response, { cluster, why: admission.kind })
    stop(code, isAdmitted ? cluster : null)
  })
  return router
}

interface TurnedAway {
  readonly cluster: string
  readonly why: 'unavailable' | 'unknown' | 'other-cluster'
}

function turnAway(parts: IngestParts, request: Request, response: Response, { cluster, why }: TurnedAway): number {
  if (why === 'unavailable') return overloaded(response)
  const code = why === 'unknown' ? 401 : 403
  parts.logger.warn(
    { cluster, code, peer: request.socket.remoteAddress },
    'refused a post: its credential is not for this cluster',
  )
  return refuse(response, code, code === 401 ? 'no valid ingest credential' : 'the credential is for another cluster')
}

async function takePost(
  parts: IngestParts,
  request: Request,
  response: Response,
  credential: IngestCredential,
): Promise<number> {
  if (!isReadableEncoding(request))
    return refuse(response, 415, 'send the body as it is or with gzip; API servers send it as it is')
  const { body, held } = await readBody(request, parts)
  try {
    switch (body.kind) {
      case 'whole':
        return await accept(parts, response, credential, body.bytes)
      case 'too-large':
        parts.gaps.record(
          credential,
          'body_too_large',
          `a body of ${body.bytes} bytes is over the limit of ${parts.bodyBytesMax}`,
        )
        return refuse(
          response,
          413,
          `the body is over ${parts.bodyBytesMax} bytes; lower --audit-webhook-batch-max-size`,
        )
      case 'overloaded':
        return overloaded(response)
      case 'aborted':
        response.destroy()
        return 499
      default:
        return body satisfies never
    }
  } finally {
    held[Symbol.dispose]()
    parts.metrics.bytesInFlight(parts.budget.taken)
  }
}

async function accept(
  parts: IngestParts,
  response: Response,
  credential: IngestCredential,
  body: Buffer,
): Promise<number> {
  const receivedAtUs = parts.nowUs()
  try {
    const taken = await parts.takeIn(body, credential, receivedAtUs)
    // A crash before the append returns leaves the API server without an answer: it posts the same body again.
    const header = { cluster: credential.clusterUid, lane: credential.laneName, receivedAtUs }
    for (const { envelope, bodyBytes } of taken.envelopes) await parts.log.append(envelope, { ...header, bodyBytes })
    // A crash from here on loses nothing: the log has it.
    parts.metrics.accepted(credential.clusterName, taken)
    parts.health.set('receiver', { ok: true, detail: 'taking in' })
    response.status(200).end()
    return 200
  } catch (error) {
    parts.metrics.failed()
    sayFailed(parts.health, reasonOf(error))
    // The API server tries again a few times and then drops it; should somebody raise the limit meanwhile, the gap says too much.
    if (error instanceof EnvelopeRefused) parts.gaps.record(credential, 'log_refused', error.message)
    parts.logger.error({ error, cluster: credential.clusterName }, 'could not make a posted list durable; answered 503')
    return overloaded(response)
  }
}

/** A failure is news for so long; the next good post takes it back at once. Without posts, the log says how it is. */
const failureMs = 30_000

function sayFailed(health: Health, reason: string): void {
  const until = performance.now() + failureMs
  health.check('receiver', () =>
    performance.now() < until
      ? { ok: false, detail: `the last post could not be made durable: ${reason}` }
      : { ok: true, detail: `waiting for posts; the last one could not be made durable: ${reason}` },
  )
}

function overloaded(response: Response): number {
  response.setHeader('Retry-After', String(retryAfterSeconds))
  return refuse(response, 503, 'busy or the log is not available; try again')
}

/** Node reads and drops what is left of the body, within the server's request timeout, so that the answer gets through. */
function refuse(response: Response, code: number, reason: string): number {
  response.status(code).type('text/plain').end(`${reason}\n`)
  return code
}

/** Postgres' own words where there are any: "No space left on device" is what the operator must read. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  return error.cause instanceof Error ? error.cause.message : error.message
}
