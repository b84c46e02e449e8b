// Posted over HTTP into the real system, and visible in a query: at full speed and at one API server's pace.

import { Agent as HttpAgent, request as requestByHttp, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as requestByHttps } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AddedCluster, System } from '../system.ts'
import { eventsABody, type Postings } from './postings.ts'
import { percentile } from './report.ts'

const connections = 6
const visibleMsMax = 300_000

export interface EndToEnd {
  readonly eventsPerSecond: number
  readonly acknowledgedPerSecond: number
  /** Whole milliseconds from request to answer. */
  readonly p50: number
  readonly p99: number
}

/** Each of the clusters gets its share of the bodies. */
export async function measureEndToEnd(
  system: System,
  clusters: readonly AddedCluster[],
  bodies: readonly Buffer[],
): Promise<EndToEnd> {
  const events = bodies.length * eventsABody
  const before = await storedEvents(system, clusters)
  const posted = await postAll(system, clusters, bodies)
  await untilStored(system, clusters, before + events)
  const visibleMs = performance.now() - posted.from
  return {
    eventsPerSecond: (events / visibleMs) * 1_000,
    acknowledgedPerSecond: posted.acknowledgedPerSecond,
    p50: posted.p50,
    p99: posted.p99,
  }
}

export interface Posted {
  /** When the first was sent, by performance.now(). */
  readonly from: number
  readonly acknowledgedPerSecond: number
  /** Whole milliseconds from request to answer. */
  readonly p50: number
  readonly p99: number
}

/** As fast as they are acknowledged, over six connections. */
export async function postAll(
  system: System,
  clusters: readonly AddedCluster[],
  bodies: readonly Buffer[],
): Promise<Posted> {
  const latencies: number[] = []
  const from = performance.now()
  let next = 0
  const post = async (): Promise<void> => {
    for (let index = next++; index < bodies.length; index = next++) {
      const cluster = clusters[index % clusters.length]
      const body = bodies[index]
      if (cluster && body) latencies.push(await postTimed(system, cluster, body))
    }
  }
  await Promise.all(Array.from({ length: connections }, post))
  const acknowledgedPerSecond = ((bodies.length * eventsABody) / (performance.now() - from)) * 1_000
  return { from, acknowledgedPerSecond, ...quantiles(latencies) }
}

/** 10 bodies of 400 a second, sent on time whether or not the earlier ones were answered. */
export async function measureAcknowledgement(
  system: System,
  cluster: AddedCluster,
  postings: Postings,
  seconds: number,
): Promise<{ p50: number; p99: number; events: number; visibleMs: number }> {
  const bodies = postings.make(seconds * 4_000)
  const before = await storedEvents(system, [cluster])
  const from = performance.now()
  const answers = bodies.map(async (body, index) => {
    await sleep(Math.max(0, from + index * 100 - performance.now()))
    return await postTimed(system, cluster, body)
  })
  const latencies = await Promise.all(answers)
  const posted = performance.now()
  await untilStored(system, [cluster], before + bodies.length * eventsABody)
  return {
    ...quantiles(latencies),
    events: bodies.length * eventsABody,
    visibleMs: Math.round(performance.now() - posted),
  }
}

/** By node:http and node:https, which cost the two cores that are measured a third of what fetch does. */
const agents = {
  http: new HttpAgent({ keepAlive: true, maxSockets: 64 }),
  https: new HttpsAgent({ keepAlive: true, maxSockets: 64 }),
}

/** By TLS where API servers of the profile must. */
function postTimed({ ingest: { url, ca } }: System, cluster: AddedCluster, body: Buffer): Promise<number> {
  const from = performance.now()
  const headers = { authorization: `Bearer ${cluster.ingest.token}`, 'content-length': body.length }
  const options = { method: 'POST', headers }
  const path = `${url}/v1/ingest/k8s/${cluster.name}?timeout=30s`
  return new Promise((resolve, reject) => {
    const answered = (response: IncomingMessage): void => {
      response.resume().on('end', () => resolve(performance.now() - from))
      if (response.statusCode !== 200) reject(new Error(`the bench got ${response.statusCode}`))
    }
    const sent =
      ca === null
        ? requestByHttp(path, { ...options, agent: agents.http }, answered)
        : requestByHttps(path, { ...options, agent: agents.https, ca }, answered)
    sent.on('error', reject).end(body)
  })
}

function quantiles(latencies: readonly number[]): { p50: number; p99: number } {
  const sorted = latencies.toSorted((a, b) => a - b)
  return { p50: Math.round(percentile(sorted, 0.5)), p99: Math.round(percentile(sorted, 0.99)) }
}

export async function untilStored(system: System, clusters: readonly AddedCluster[], count: number): Promise<void> {
  const deadline = performance.now() + visibleMsMax
  while ((await storedEvents(system, clusters)) < count) {
    if (performance.now() > deadline) throw new Error('the bench waited 300 s for its events to become visible')
    await sleep(100)
  }
}

export async function storedEvents(system: System, clusters: readonly AddedCluster[]): Promise<number> {
  const names = new Set(clusters.map(({ name }) => name))
  const response = await system.get('/v1/clusters')
  const { data } = (await response.json()) as { data: { name: string; events: number }[] }
  return data.reduce((sum, { name, events }) => (names.has(name) ? sum + events : sum), 0)
}
