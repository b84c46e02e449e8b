// The receiver alone: what appending to Kafka costs, what the spool costs while Kafka is away, and how fast that is made up.

import type { DistributedSystem } from '../distributed-system.ts'
import type { KafkaBroker } from '../kafka-broker.ts'
import { until } from '../system.ts'
import { postAll, storedEvents, untilStored, type Posted } from './end-to-end.ts'
import { metricOf } from './metric.ts'
import { eventsABody } from './postings.ts'

export interface LogCost {
  readonly kafka: Posted
  readonly spool: Posted
  /** An event. */
  readonly spoolBytes: number
  /** Events. */
  readonly drainedPerSecond: number
}

/** Of the bodies: the first ones for Kafka, and as many after them for the spool. */
const postsMax = 250
const drainMsMax = 120_000

/** Workers are away meanwhile. Fails where in the end not every event is stored once. */
export async function measureLogs(
  broker: KafkaBroker,
  system: DistributedSystem,
  bodies: readonly Buffer[],
): Promise<LogCost> {
  const [receiver] = system.receivers
  if (!receiver) throw new Error('the bench has no receiver')
  const posts = Math.min(postsMax, Math.floor(bodies.length / 2) - 1)
  const clusters = [await system.addCluster('bench-logs')]
  for (const worker of system.workers) await worker.end('SIGTERM')

  const kafka = await postAll(system, clusters, bodies.slice(0, posts))
  await broker.stop()
  // The one that finds out that Kafka is away waits until it is given up.
  await postAll(system, clusters, bodies.slice(posts, posts + 1))
  const spool = await postAll(system, clusters, bodies.slice(posts + 1, 2 * posts + 1))
  const spooled = (await metricOf(receiver, 'plaintrail_receiver_spool_records')) * eventsABody
  const bytes = await metricOf(receiver, 'plaintrail_receiver_spool_bytes')

  await broker.start()
  const from = performance.now()
  await until(async () => (await metricOf(receiver, 'plaintrail_receiver_spool_records')) === 0, drainMsMax)
  const drainedPerSecond = (spooled / (performance.now() - from)) * 1_000

  const events = (2 * posts + 1) * eventsABody
  for (const worker of system.workers) await worker.start()
  await untilStored(system, clusters, events)
  const stored = await storedEvents(system, clusters)
  if (stored !== events) throw new Error(`the bench posted ${events} events, and ${stored} are stored`)
  return { kafka, spool, spoolBytes: bytes / spooled, drainedPerSecond }
}
