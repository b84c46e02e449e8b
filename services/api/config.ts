// The api's settings.

import { integer, port, text, url, type Config } from '@plaintrail/runtime/config'
import { secretsSettings } from '@plaintrail/runtime/secrets'
import { databaseSettings } from '@plaintrail/store/database-settings'

const requestsPerMinuteMax = 1_000_000

export const apiSettings = {
  host: {
    env: 'PLAINTRAIL_HOST',
    parse: text,
    default: '127.0.0.1',
    describe:
      'Address that the API listens on. It speaks plain HTTP: put a proxy with TLS before it to open it to others.',
  },
  port: {
    env: 'PLAINTRAIL_PORT',
    parse: port,
    default: '7717',
    describe: 'Port of the API. Ingest is answered here too, for clients on the same machine.',
  },
  ingestUrl: {
    env: 'PLAINTRAIL_INGEST_URL',
    parse: url,
    default: null,
    describe:
      'URL under which API servers reach ingest (https, no query): it goes into kubeconfigs, and its host into the certificate. Without it, https://127.0.0.1 and the ingest port.',
  },
  requestsPerMinute: {
    env: 'PLAINTRAIL_REQUESTS_PER_MINUTE',
    parse: integer(0, requestsPerMinuteMax),
    default: '3000',
    describe:
      'Requests that one API token may make in a minute of one process; more are answered 429. 0 is no limit. Ingest, /healthz, /readyz and /metrics are not counted.',
  },
} as const

export type ApiConfig = Config<typeof apiSettings>

/** Of a process of its own, beside what every process has. Receivers are elsewhere, so that it must be told where. */
export const apiProcessSettings = {
  ...databaseSettings,
  ...secretsSettings,
  ...apiSettings,
  ingestUrl: { ...apiSettings.ingestUrl, required: true },
} as const
