// The receiver's settings.

import { bodyBytesMax } from '@plaintrail/event-log/envelope'
import { kafkaSettings } from '@plaintrail/event-log/kafka-settings'
import { spoolSettings } from '@plaintrail/spool/spool-settings'
import { bytes, list, port, text, url, type Config } from '@plaintrail/runtime/config'
import { secretsSettings } from '@plaintrail/runtime/secrets'
import { databaseSettings } from '@plaintrail/store/database-settings'

export const receiverSettings = {
  ingestPort: {
    env: 'PLAINTRAIL_INGEST_PORT',
    parse: port,
    default: '7718',
    describe: 'Port on which API servers post their audit events by TLS.',
  },
  ingestHost: {
    env: 'PLAINTRAIL_INGEST_HOST',
    parse: text,
    default: null,
    describe:
      'Address that ingest by TLS listens on; without it, every address where PLAINTRAIL_INGEST_URL names another host than this one, and otherwise 127.0.0.1.',
  },
  ingestUrl: {
    env: 'PLAINTRAIL_INGEST_URL',
    parse: url,
    default: null,
    describe:
      'URL under which API servers reach ingest (https, no query): it goes into kubeconfigs, and its host into the certificate; without it, https://127.0.0.1 and the ingest port.',
  },
  bodyBytesMax: {
    env: 'PLAINTRAIL_INGEST_BODY_BYTES_MAX',
    parse: readableBytes,
    default: '64MiB',
    describe: 'A larger body is answered 413 and recorded as a gap.',
  },
  bytesInFlightMax: {
    env: 'PLAINTRAIL_INGEST_BYTES_IN_FLIGHT_MAX',
    parse: bytes,
    default: '256MiB',
    describe: 'Bodies held in memory at once; above it, posts are answered 503 with Retry-After.',
  },
  redactPaths: {
    env: 'PLAINTRAIL_REDACT_PATHS',
    parse: list,
    default: '',
    describe:
      'Further values to replace by keyed digests before anything is written: entries such as `configmaps object.data.*`, separated by commas.',
  },
} as const

export type ReceiverConfig = Config<typeof receiverSettings>

/** Of a process of its own, beside what every process has. */
export const receiverProcessSettings = {
  ...databaseSettings,
  ...secretsSettings,
  ...kafkaSettings,
  ...spoolSettings,
  ...receiverSettings,
} as const

/** An envelope with a larger body would be taken for damage when it is read. */
function readableBytes(text: string): number {
  const value = bytes(text)
  if (value < 1 || value > bodyBytesMax) throw new Error(`must be from 1B to ${bodyBytesMax / 2 ** 20}MiB`)
  return value
}
