// A keyset page of 50 by object, by actor, by namespace and by time, over all the events of the benchmark.

import { Agent, request } from 'node:http'
import { openStore, type Connection } from '@plaintrail/store/open-store'
import { seededRandom, type Random } from '../random.ts'
import type { System } from '../system.ts'
import { percentile } from './report.ts'

export interface PageLatency {
  readonly by: string
  readonly events: number
  readonly p50: number
  readonly p99: number
  /** What the plan reads: kinds of nodes on event partitions. */
  readonly plan: string
}

interface Sample {
  readonly actor: string
  readonly namespace: string
  readonly resource: string
  readonly name: string
  readonly time: number
}

const pagesEach = 400
/** Of each kind, before any is timed: connections are opened, and V8 compiles what is asked often. */
const warmingEach = 200
const window = 'since=now-30d&limit=50'

export async function measurePages(system: System, connection: Connection): Promise<readonly PageLatency[]> {
  await using store = openStore(connection, { connectionsMax: 1, statementMs: 0, applicationName: 'bench' })
  await store.pool.query('vacuum analyze event')
  const { rows: counted } = await store.pool.query<{ events: number }>('select count(*)::int8 as events from event')
  const { rows: samples } = await store.pool.query<Sample>(
    `select a.name as actor, n.name as namespace, r.resource, e.name, e.time
     from event e tablesample system (0.5)
     join actor a on a.id = e.actor_id join namespace n on n.id = e.namespace_id join resource r on r.id = e.resource_id
     where e.name is not null and e.object_key is not null limit 2000`,
  )
  const random = seededRandom(50)
  const kinds: readonly [string, (sample: Sample) => string][] = [
    [
      'object',
      (s) =>
        `/v1/objects/bench/${groupOf(s.resource)}/${s.resource}/${s.namespace}/${s.name}/history?limit=50&class=read,write,connect`,
    ],
    ['actor', (s) => `/v1/events?${window}&actor=${encodeURIComponent(s.actor)}`],
    ['namespace', (s) => `/v1/events?${window}&ns=${s.namespace}`],
    ['time', (s) => `/v1/events?limit=50&since=now-30d&until=${new Date(s.time / 1_000).toISOString()}`],
  ]
  for (const [, path] of kinds) await timePages(system, samples, random, { path, pages: warmingEach })
  const found: PageLatency[] = []
  for (const [by, path] of kinds) {
    const latencies = await timePages(system, samples, random, { path, pages: pagesEach })
    found.push({
      by,
      events: counted[0]?.events ?? 0,
      p50: percentile(latencies, 0.5),
      p99: percentile(latencies, 0.99),
      plan: 'index scans only: page-plans.pg.test.ts',
    })
  }
  return found
}

async function timePages(
  system: System,
  samples: readonly Sample[],
  random: Random,
  { path, pages }: { readonly path: (sample: Sample) => string; readonly pages: number },
): Promise<readonly number[]> {
  const latencies: number[] = []
  for (let page = 0; page < pages; page++) {
    const sample = samples[random.below(samples.length)]
    if (!sample) throw new Error('the bench found no event to ask for')
    const from = performance.now()
    const status = await ask(system, path(sample))
    if (status !== 200) throw new Error(`the bench got ${status} for ${path(sample)}`)
    latencies.push(performance.now() - from)
  }
  return latencies.toSorted((a, b) => a - b)
}

function groupOf(resource: string): string {
  if (resource === 'leases') return 'coordination.k8s.io'
  return resource === 'deployments' ? 'apps' : 'core'
}

/** By node:http, as end-to-end.ts posts: what fetch costs beside it would be taken for the system's. */
const agent = new Agent({ keepAlive: true, maxSockets: 1 })

function ask({ url, adminToken }: System, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(url + path, { agent, headers: { authorization: `Bearer ${adminToken}` } }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0))
      response.on('error', reject)
    })
    sent.on('error', reject).end()
  })
}
