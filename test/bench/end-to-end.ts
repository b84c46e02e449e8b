// Posted over HTTP into the real system, and visible in a query: at full speed and at one API server's pace.

import { setTimeout as sleep } from 'node:timers/promises'
import { postList, type AddedCluster, type System } from '../system.ts'
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

async function postTimed(system: System, cluster: AddedCluster, body: Buffer): Promise<number> {
  const from = performance.now()
  const response = await postList(system, cluster, body)
  await response.arrayBuffer()
  if (response.status !== 200) throw new Error(`the bench got ${response.status}`)
  return performance.now() - from
}

function quantiles(latencies: readonly number[]): { p50: number; p99: number } {
  const sorted = latencies.toSorted((a, b) => a - b)
  return { p50: Math.round(percentile(sorted, 0.5)), p99: Math.round(percentile(sorted, 0.99)) }
}

async function untilStored(system: System, cluster: AddedCluster, count: number): Promise<void> {
  const deadline = performance.now() + visibleMsMax
  while ((await storedEvents(system, cluster)) < count) {
    if (performance.now() > deadline) throw new Error('the bench waited 300 s for its events to become visible')
    await sleep(25)
  }
}

async function storedEvents(system: System, cluster: AddedCluster): Promise<number> {
  const response = await system.get('/v1/clusters')
  const { data } = (await response.json()) as { data: { name: string; events: number }[] }
  return data.find(({ name }) => name === cluster.name)?.events ?? 0
}
