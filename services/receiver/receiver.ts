// The receiver: takes EventLists from API servers by TLS into the log.

import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import express, { type ErrorRequestHandler, type Express, type Router } from 'express'
import { parseRedactionPath } from '@plaintrail/event/redact'
import type { LogWriter } from '@plaintrail/event-log/event-log'
import type { CertificateAuthority } from '@plaintrail/runtime/certificate-authority'
import type { Health, HealthState } from '@plaintrail/runtime/health'
import type { Logger } from '@plaintrail/runtime/logger'
import type { Metrics } from '@plaintrail/runtime/metrics'
import { findCluster } from '@plaintrail/store/clusters'
import { findApiToken, hasExpired } from '@plaintrail/store/api-tokens'
import { listIngestCredentials } from '@plaintrail/store/credentials'
import { recordGap } from '@plaintrail/store/gaps'
import type { Store } from '@plaintrail/store/open-store'
import type { ReceiverConfig } from './config.ts'
import { createCredentials, type CredentialSource, type Listed } from './credentials.ts'
import { createGapRecorder } from './gap-recorder.ts'
import { ingestRouter } from './ingest-router.ts'
import { createBudget } from './read-body.ts'
import { createReceiverMetrics } from './receiver-metrics.ts'
import { rememberedCredentials } from './remembered-credentials.ts'
import { createTakeIn } from './take-in.ts'

export interface ReceiverParts {
  readonly store: Store
  readonly log: LogWriter
  readonly logger: Logger
  readonly metrics: Metrics
  readonly health: Health
  readonly certificateAuthority: CertificateAuthority
  /** 32 bytes, made once and never rotated. */
  readonly redactionKey: Uint8Array
  /** Where the last list of credentials is kept for a start without Postgres. */
  readonly credentialsFile?: string
  readonly nowUs?: () => number
}

export interface Receiver extends AsyncDisposable {
  readonly port: number
  /** The same contract without TLS, for clients on this machine: the standalone service mounts it beside the API. */
  readonly router: Router
}

/** An API server gives up after 30 s; longer than that nobody waits for our answer. */
const requestMsMax = 35_000
const headersMsMax = 10_000
/** API servers keep idle connections for 90 s (Go's transport): ours must not close first in the middle of a post. */
const keepAliveMs = 120_000
const connectionsMax = 2_000
const stopMsMax = 10_000

export async function startReceiver(config: ReceiverConfig, parts: ReceiverParts): Promise<Receiver> {
  const { store, logger } = parts
  const nowUs = parts.nowUs ?? currentUs
  await using stack = new AsyncDisposableStack()
  const credentials = stack.use(
    await createCredentials(credentialSource(parts, nowUs), (listed) =>
      parts.health.set('credentials', credentialsState(listed)),
    ),
  )
  const gaps = stack.use(createGapRecorder({ save: (gap) => recordGap(store, gap), logger, nowUs }))
  const router = ingestRouter({
    credentials,
    gaps,
    log: parts.log,
    takeIn: createTakeIn({
      redactionKey: parts.redactionKey,
      redactionPaths: config.redactPaths.map(parseRedactionPath),
      envelopeBytesMax: parts.log.envelopeBytesMax,
    }),
    budget: createBudget(config.bytesInFlightMax),
    bodyBytesMax: config.bodyBytesMax,
    metrics: createReceiverMetrics(parts.metrics),
    health: parts.health,
    logger,
    nowUs,
  })
  const server = await listen(config, parts, ingestApp(router, logger))
  stack.defer(() => close(server))
  stack.use(renewCertificate(server, config, parts))
  const kept = stack.move()
  const { port } = server.address() as AddressInfo
  return { port, router, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

function credentialSource({ store, credentialsFile, logger }: ReceiverParts, nowUs: () => number): CredentialSource {
  const source: CredentialSource = {
    list: () => listIngestCredentials(store),
    isWriter: async (digest) => {
      const token = await findApiToken(store, digest)
      return token !== null && !hasExpired(token, nowUs())
    },
    findCluster: (name) => findCluster(store, { kind: 'everything' }, name),
  }
  return credentialsFile === undefined ? source : rememberedCredentials({ source, file: credentialsFile, logger })
}

/** Posts are taken in without Postgres, by the credentials that were read last; new ones wait. */
function credentialsState({ known, failure }: Listed): HealthState {
  if (failure === null) return { ok: true, detail: `${known} are in force` }
  const reason = reasonOf(failure)
  if (known === null) return { ok: false, detail: `none could be read yet, so every post is answered 503: ${reason}` }
  return { ok: true, degraded: true, detail: `the last list (${known}) stays in force; no newer one: ${reason}` }
}

/** Postgres' own words: what wraps them says which statement it was. */
function reasonOf(failure: unknown): string {
  if (!(failure instanceof Error)) return 'unknown'
  return failure.cause instanceof Error ? failure.cause.message : failure.message
}

function ingestApp(router: Router, logger: Logger): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.use(router)
  app.use((_request, response) => void response.status(404).type('text/plain').end('POST /v1/ingest/k8s/{cluster}\n'))
  app.use(answerError(logger))
  return app
}

/** Four parameters are what makes it an error handler to Express. */
function answerError(logger: Logger): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (response.headersSent) return next(error)
    // Express throws a URIError for a path such as /%ZZ; anything else is ours, and 503 makes an API server try again.
    if (error instanceof URIError) return void response.status(404).type('text/plain').end('no such path\n')
    logger.error({ error }, 'could not answer a post')
    response.status(503).setHeader('Retry-After', '2')
    response.type('text/plain').end('could not take the post in; try again\n')
  }
}

async function listen(config: ReceiverConfig, parts: ReceiverParts, app: Express): Promise<Server> {
  const host = hostOf(config)
  const { cert, key } = await parts.certificateAuthority.serverCertificate([host])
  const server = createServer(
    {
      cert,
      key,
      ca: parts.certificateAuthority.certificatePem,
      // A client without a certificate may have a token; ingest-router.ts decides.
      requestCert: true,
      rejectUnauthorized: false,
      minVersion: 'TLSv1.2',
      requestTimeout: requestMsMax,
      headersTimeout: headersMsMax,
      keepAliveTimeout: keepAliveMs,
    },
    (request, response) => void app(request, response),
  )
  server.maxConnections = connectionsMax
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(config.ingestPort, listenAddress(config), resolve)
  })
  server.on('error', (error) => parts.logger.error({ error }, 'the ingest server failed'))
  return server
}

const renewMs = 24 * 3_600_000

/** The authority makes a new certificate when 30 days are left; connections that are open keep the old one. */
function renewCertificate(server: Server, config: ReceiverConfig, parts: ReceiverParts): AsyncDisposable {
  const { certificateAuthority, logger } = parts
  const renew = async (): Promise<void> => {
    const { cert, key } = await certificateAuthority.serverCertificate([hostOf(config)])
    server.setSecureContext({ cert, key, ca: certificateAuthority.certificatePem, minVersion: 'TLSv1.2' })
  }
  let turn = Promise.resolve()
  const timer = setInterval(() => {
    turn = renew().catch((error: unknown) =>
      logger.error({ error }, 'could not renew the certificate of ingest; trying again tomorrow'),
    )
  }, renewMs)
  timer.unref()
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await turn
    },
  }
}

/** Under which API servers come, without the brackets of IPv6 in a URL. */
function hostOf(config: ReceiverConfig): string {
  return (config.ingestUrl?.hostname ?? '127.0.0.1').replace(/^\[|\]$/g, '')
}

const loopback = new Set(['127.0.0.1', 'localhost', '::1'])

/** Nothing is open to other machines until somebody says under which URL they come. */
function listenAddress(config: ReceiverConfig): string | undefined {
  if (config.ingestHost !== null) return config.ingestHost
  return loopback.has(hostOf(config)) ? '127.0.0.1' : undefined
}

/** Requests in progress get their answer, within the bound. */
async function close(server: Server): Promise<void> {
  const forced = setTimeout(() => server.closeAllConnections(), stopMsMax)
  await new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
  })
  clearTimeout(forced)
}

function currentUs(): number {
  return Date.now() * 1_000
}
