// explainQuestion: how Postgres reads what a question asks for: the statements of the real API, caught on their way to
// Postgres and explained there with the same values.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startApi } from '@plaintrail/api/api'
import { openCertificateAuthority } from '@plaintrail/runtime/certificate-authority'
import { createHealth } from '@plaintrail/runtime/health'
import { createLogger } from '@plaintrail/runtime/logger'
import { createMetrics } from '@plaintrail/runtime/metrics'
import { openStore, type Connection, type Store } from '@plaintrail/store/open-store'
import { createAsker } from './asker.ts'
import { plansIn, type TableScan } from './plan-scans.ts'
import type { Asked } from './questions.ts'

export interface Explained {
  readonly statements: number
  /** Of the statements that read events. */
  readonly scans: readonly TableScan[]
}

export interface Explainer extends AsyncDisposable {
  explain(asked: Asked): Promise<Explained>
}

interface Statement {
  readonly text: string
  readonly values: readonly unknown[]
}

/** An api of our own, on the same database, that takes the same token. */
export async function createExplainer(connection: Connection, adminToken: string): Promise<Explainer> {
  await using stack = new AsyncDisposableStack()
  const options = { statementMs: 0, applicationName: 'bench' }
  const store = stack.use(openStore(connection, { ...options, connectionsMax: 8 }))
  const asking = stack.use(openStore(connection, { ...options, connectionsMax: 1 }))
  const statements: Statement[] = []
  catchStatements(store, statements)
  const folder = await mkdtemp(join(tmpdir(), 'plaintrail-bench-'))
  stack.defer(() => rm(folder, { recursive: true }))
  const metrics = createMetrics({ version: 'bench', processMetrics: false })
  const api = stack.use(
    await startApi(
      { host: '127.0.0.1', port: 0, ingestUrl: null, requestsPerMinute: 0 },
      {
        store,
        metrics,
        metricsText: () => metrics.text(),
        health: createHealth(),
        logger: createLogger('bench', { level: 'warn' }),
        certificateAuthority: await openCertificateAuthority(folder),
        version: 'bench',
        ingestPort: 7718,
      },
    ),
  )
  const ask = createAsker({ url: api.url, adminToken })
  const kept = stack.move()
  return {
    async explain({ path }) {
      statements.length = 0
      await ask(path)
      const caught = statements.filter(({ text }) => readsEvents.test(text))
      const plans = await Promise.all(caught.map((statement) => planOf(asking, statement)))
      return { statements: caught.length, scans: plans.flatMap(plansIn) }
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

const readsEvents = /\bfrom event\b|\bjoin event\b/

function catchStatements({ pool }: Store, statements: Statement[]): void {
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as (...asked: unknown[]) => unknown
    // Every overload begins with the text, or with an object that has it; what it returns is passed on.
    client.query = ((...asked: unknown[]) => {
      statements.push(statementOf(asked))
      return query(...asked)
    }) as typeof client.query
  })
}

function statementOf([first, second]: readonly unknown[]): Statement {
  if (typeof first === 'string') return { text: first, values: Array.isArray(second) ? second : [] }
  const text = typeof first === 'object' && first !== null && 'text' in first ? String(first.text) : ''
  const own = typeof first === 'object' && first !== null && 'values' in first ? first.values : second
  return { text, values: Array.isArray(own) ? own : [] }
}

async function planOf({ pool }: Store, { text, values }: Statement): Promise<unknown> {
  const { rows } = await pool.query<{ 'QUERY PLAN': unknown }>({
    text: `explain (analyze, buffers, format json) ${text}`,
    values: [...values],
  })
  return rows[0]?.['QUERY PLAN']
}
