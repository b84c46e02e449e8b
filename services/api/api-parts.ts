// What the api is made of: the parts that it is started with, and what its routes get.

import type { Router } from 'express'
import type { CertificateAuthority } from '@plaintrail/runtime/certificate-authority'
import type { Health } from '@plaintrail/runtime/health'
import type { Logger } from '@plaintrail/runtime/logger'
import type { Metrics } from '@plaintrail/runtime/metrics'
import type { Store } from '@plaintrail/store/open-store'
import type { SegmentItems } from '@plaintrail/store/segment-items'
import type { AnswerMemory, MemoryBounds } from './answer-memory.ts'
import type { ApiConfig } from './config.ts'
import type { OpenApiDocument } from './openapi/openapi-document.ts'

export interface ApiParts {
  readonly store: Store
  readonly logger: Logger
  readonly health: Health
  readonly metrics: Metrics
  /** The body of /metrics: this process' and that of any other that speaks through it. */
  readonly metricsText: () => Promise<string>
  readonly certificateAuthority: CertificateAuthority
  readonly version: string
  /** Where ingest by TLS listens, for kubeconfigs without PLAINTRAIL_INGEST_URL. */
  readonly ingestPort: number
  /** Answered before the API's own routes. */
  readonly mount?: Router
  /** Microseconds since 1970. */
  readonly nowUs?: () => number
  /** A list of events that takes longer is given up. */
  readonly questionMsMax?: number
  /** Of events as they were received, and of files of exports, each. */
  readonly memoryBounds?: Partial<MemoryBounds>
}

/** What routes are made from. */
export interface RouteParts extends ApiParts {
  /** What the API says about itself; made when it is first asked for. */
  readonly document: () => OpenApiDocument
  readonly config: ApiConfig
  readonly cursorKey: Uint8Array
  readonly segmentItems: SegmentItems
  /** Of answers with events as they were received. */
  readonly rawMemory: AnswerMemory
  /** Of files of exports. */
  readonly partMemory: AnswerMemory
  readonly nowUs: () => number
  readonly questionMsMax: number
  /** Aborted when the api is to stop: answers without an end, end. */
  readonly stopping: AbortSignal
}
