// The real api for tests: on a free port, on a database of the test's own, with a certificate authority of its own.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StoredEvent } from '@plaintrail/event/event'
import type { Page } from '@plaintrail/query/page'
import { openCertificateAuthority } from '@plaintrail/runtime/certificate-authority'
import { createHealth, type Health } from '@plaintrail/runtime/health'
import { createLogger } from '@plaintrail/runtime/logger'
import { createMetrics } from '@plaintrail/runtime/metrics'
import { ensureApiToken } from '@plaintrail/store/api-tokens-for-tests'
import { migrate } from '@plaintrail/store/migrate'
import { openStore, type Store } from '@plaintrail/store/open-store'
import { makeToken, tokenDigest } from '@plaintrail/store/tokens'
import { startApi } from './api.ts'
import type { ApiParts } from './api-parts.ts'
import type { ApiConfig } from './config.ts'

export interface TestApi extends AsyncDisposable {
  readonly url: string
  readonly store: Store
  readonly health: Health
  readonly token: string
  /** All that was logged. */
  log(): string
  /** With the API token, unless `headers` has another authorization. */
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>
  delete(path: string): Promise<Response>
  /** Of a rule: as YAML, unless `headers` has another type. */
  put(path: string, body: string, headers?: Readonly<Record<string, string>>): Promise<Response>
  /** JSON. */
  patch(path: string, body: object, headers?: Readonly<Record<string, string>>): Promise<Response>
  post(path: string, body: string, headers?: Readonly<Record<string, string>>): Promise<Response>
}

/** The api's clock stands still. */
export const nowText = '2026-11-20T12:00:00.000000Z'
export const nowUs = Date.parse(nowText) * 1_000

export async function startTestApi(
  connection: string,
  different: Partial<ApiConfig> & Pick<ApiParts, 'questionMsMax' | 'memoryBounds' | 'nowUs'> = {},
): Promise<TestApi> {
  await using stack = new AsyncDisposableStack()
  await migrate(connection)
  const store = openStore(connection, { connectionsMax: 8, statementMs: 10_000, applicationName: 'test' })
  stack.defer(() => (store.pool.ended ? Promise.resolve() : store.pool.end()))
  const folder = await mkdtemp(join(tmpdir(), 'plaintrail-api-'))
  stack.defer(() => rm(folder, { recursive: true }))
  const token = makeToken('api')
  await ensureApiToken(store, { name: 'test', digest: tokenDigest(token) })
  const lines: string[] = []
  const health = createHealth()
  const metrics = createMetrics({ version: '9.9.9', processMetrics: false })
  const api = stack.use(
    await startApi(
      { host: '127.0.0.1', port: 0, ingestUrl: null, requestsPerMinute: 0, ...different },
      {
        store,
        health,
        metrics,
        metricsText: () => metrics.text(),
        logger: createLogger('test', { level: 'warn', destination: { write: (line) => void lines.push(line) } }),
        certificateAuthority: await openCertificateAuthority(folder),
        version: '9.9.9',
        ingestPort: 7718,
        nowUs: different.nowUs ?? (() => nowUs),
        ...(different.questionMsMax === undefined ? {} : { questionMsMax: different.questionMsMax }),
        ...(different.memoryBounds === undefined ? {} : { memoryBounds: different.memoryBounds }),
      },
    ),
  )
  const kept = stack.move()
  const authorization = `Bearer ${token}`
  return {
    url: api.url,
    store,
    health,
    token,
    log: () => lines.join(''),
    get: (path, headers = {}) => fetch(api.url + path, { headers: { authorization, ...headers } }),
    delete: (path) => fetch(api.url + path, { method: 'DELETE', headers: { authorization } }),
    put: (path, body, headers = {}) =>
      fetch(api.url + path, {
        method: 'PUT',
        body,
        headers: { authorization, 'content-type': 'application/yaml', ...headers },
      }),
    patch: (path, body, headers = {}) =>
      fetch(api.url + path, {
        method: 'PATCH',
        body: JSON.stringify(body),
        headers: { authorization, 'content-type': 'application/json', ...headers },
      }),
    post: (path, body, headers = {}) =>
      fetch(api.url + path, {
        method: 'POST',
        body,
        headers: { authorization, 'content-type': 'application/json', ...headers },
      }),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

export interface AnsweredProblem {
  readonly type: string
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly hint?: string
  readonly parameter?: string
  readonly suggestion?: string
  readonly instance: string
  readonly request_id: string
  readonly errors?: readonly { readonly pointer?: string; readonly line?: number; readonly column?: number }[]
}

/** Every error has this shape; a test that relies on more of it fails by itself. */
export async function problemOf(response: Response): Promise<AnsweredProblem> {
  if (response.headers.get('content-type') !== 'application/problem+json; charset=utf-8')
    throw new Error(`no problem but ${response.status} ${await response.text()}`)
  return (await response.json()) as AnsweredProblem
}

export type EventPage = Page<
  StoredEvent & {
    readonly links: { readonly self: string; readonly history: string | null }
    readonly change?: { readonly changes_count: number } | null
  }
>

/** The answer's shape is what the callers test. */
export async function pageOf(response: Response): Promise<EventPage> {
  if (response.status !== 200) throw new Error(`no page but ${response.status} ${await response.text()}`)
  return (await response.json()) as EventPage
}

/** One audit event as it stands in an EventList. */
export function auditItem(different: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({
    level: 'Metadata',
    auditID: '8f0c3e1a-0000-4000-8000-000000000001',
    stage: 'ResponseComplete',
    requestURI: '/apis/apps/v1/namespaces/shop/deployments/checkout',
    verb: 'patch',
    user: { username: 'alice@acme.example', groups: ['sre'] },
    sourceIPs: ['203.0.113.9', '10.0.3.7'],
    userAgent: 'kubectl/v1.33.3 (linux/amd64) kubernetes/1234567',
    objectRef: { resource: 'deployments', namespace: 'shop', name: 'checkout', apiGroup: 'apps', apiVersion: 'v1' },
    responseStatus: { metadata: {}, code: 200 },
    requestReceivedTimestamp: nowText,
    stageTimestamp: nowText,
    annotations: { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': '' },
    ...different,
  })
}
