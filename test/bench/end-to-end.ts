// Posted over HTTP into the real system, and visible in a query: at full speed and at one API server's pace.

import { Agent, request } from 'node:http'
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

export async function measureEndToEnd(
  system: System,
  cluster: AddedCluster,
  bodies: readonly Buffer[],
): Promise<EndToEnd> {
  const before = await storedEvents(system, cluster)
  const latencies: number[] = []
  const from = performance.now()
  let next = 0
  const post = async (): Promise<void> => {
    for (let body = bodies[next++]; body; body = bodies[next++]) latencies.push(await postTimed(system, cluster, body))
  }
  await Promise.all(Array.from({ length: connections }, post))
  const acknowledgedMs = performance.now() - from
  await untilStored(system, cluster, before + bodies.length * eventsABody)
  const visibleMs = performance.now() - from
  const events = bodies.length * eventsABody
  return {
    eventsPerSecond: (events / visibleMs) * 1_000,
    acknowledgedPerSecond: (events / acknowledgedMs) * 1_000,
    ...quantiles(latencies),
  }
}

/** 10 bodies of 400 a second, sent on time whether or not the earlier ones were answered. */
export async function measureAcknowledgement(
  system: System,
  cluster: AddedCluster,
  postings: Postings,
  seconds: number,
): Promise<{ p50: number; p99: number; events: number; visibleMs: number }> {
  const bodies = postings.make(seconds * 4_000)
  const before = await storedEvents(system, cluster)
  const from = performance.now()
  const answers = bodies.map(async (body, index) => {
    await sleep(Math.max(0, from + index * 100 - performance.now()))
    return await postTimed(system, cluster, body)
  })
  const latencies = await Promise.all(answers)
  const posted = performance.now()
  await untilStored(system, cluster, before + bodies.length * eventsABody)
  return {
    ...quantiles(latencies),
    events: bodies.length * eventsABody,
    visibleMs: Math.round(performance.now() - posted),
  }
}

/** By node:http, which costs the two cores that are measured a third of what fetch does. */
const agent = new Agent({ keepAlive: true, maxSockets: 64 })

function postTimed(system: System, cluster: AddedCluster, body: Buffer): Promise<number> {
  const from = performance.now()
  const headers = { authorization: `Bearer ${cluster.ingest.token}`, 'content-length': body.length }
  const path = `${system.url}/v1/ingest/k8s/${cluster.name}?timeout=30s`
  return new Promise((resolve, reject) => {
    const sent = request(path, { method: 'POST', agent, headers }, (response) => {
      response.resume().on('end', () => resolve(performance.now() - from))
      if (response.statusCode !== 200) reject(new Error(`the bench got ${response.statusCode}`))
    })
    sent.on('error', reject).end(body)
  })
}

function quantiles(latencies: readonly number[]): { p50: number; p99: number } {
  const sorted = latencies.toSorted((a, b) => a - b)
  return { p50: Math.round(percentile(sorted, 0.5)), p99: Math.round(percentile(sorted, 0.99)) }
}

async function untilStored(system: System, cluster: AddedCluster, count: number): Promise<void> {
  const deadline = performance.now() + visibleMsMax
  while ((await storedEvents(system, cluster)) < count) {
    if (performance.now() > deadline) throw new Error('the bench waited 300 s for its events to become visible')
    await sleep(100)
  }
}

async function storedEvents(system: System, cluster: AddedCluster): Promise<number> {
  const response = await system.get('/v1/clusters')
  const { data } = (await response.json()) as { data: { name: string; events: number }[] }
  return data.find(({ name }) => name === cluster.name)?.events ?? 0
}
