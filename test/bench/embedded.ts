// The embedded profile: the store path alone, then the real system end to end, paced, weighed and asked.

import { startSystem } from '../system.ts'
import { measureAcknowledgement, measureEndToEnd } from './end-to-end.ts'
import { measureCopy, measureStorePath } from './floors.ts'
import { watchMemory } from './memory.ts'
import { measurePages } from './pages.ts'
import type { Postings } from './postings.ts'
import { rate, row } from './report.ts'
import type { BenchOptions } from './run-bench.ts'
import { measureSizes } from './sizes.ts'

/** Returns the events per second of its end to end. */
export async function benchEmbedded(
  options: BenchOptions,
  postings: Postings,
  bodies: readonly Buffer[],
): Promise<number> {
  await using system = await startSystem()
  const connection = await system.connection()
  const store = await measureStorePath(connection, bodies.slice(0, Math.ceil(bodies.length / 2)))
  row(
    'floor: store path alone',
    `${rate(store)} events/s`,
    'the same rows, segments and indexes; encode and insert, nothing else',
  )

  const memory = watchMemory(system.pid)
  const cluster = await system.addCluster('bench')
  const whole = await measureEndToEnd(system, [cluster], bodies)
  row(
    'end to end, full speed',
    `${rate(whole.eventsPerSecond)} events/s`,
    `posted → visible; ratio to the store path ${(whole.eventsPerSecond / store).toFixed(2)} (aim ≥ 0.60)`,
  )
  row('  acknowledged', `${rate(whole.acknowledgedPerSecond)} events/s`, `p50 ${whole.p50} ms, p99 ${whole.p99} ms`)
  const copy = await measureCopy(connection)
  row('floor: the same rows by COPY', `${rate(copy.bare)} events/s`, 'binary, no index, no dedupe')
  row(
    'floor: COPY with the indexes',
    `${rate(copy.indexed)} events/s`,
    `end to end is ${(whole.eventsPerSecond / copy.indexed).toFixed(2)} of it`,
  )

  const sizes = await measureSizes(connection, 'bench')
  for (const part of sizes.parts) row(`  ${part.name}`, `${part.bytes.toFixed(0)} B`, 'an event')
  row('on disk, all of it', `${sizes.total.toFixed(0)} B an event`, 'aim ≤ 650')

  const paced = await measureAcknowledgement(system, cluster, postings, options.pacedSeconds)
  row(
    'acknowledgement at 4,000 events/s',
    `p50 ${paced.p50} ms, p99 ${paced.p99} ms`,
    `aim p99 < 250 ms; visible after ${paced.visibleMs} ms at the end`,
  )

  const more = options.pagedEvents - options.events - paced.events
  if (more > 0) await measureEndToEnd(system, [cluster], postings.make(more))
  const peak = memory.stop()
  for (const page of await measurePages(system, connection)) {
    row(
      `page of 50 by ${page.by}`,
      `p50 ${page.p50.toFixed(1)} ms, p99 ${page.p99.toFixed(1)} ms`,
      `${page.events} events; aim p99 < 20 ms; plan: ${page.plan}`,
    )
  }
  row(
    'peak memory',
    `Node ${peak.nodeMiB} MiB, Postgres ${peak.postgresMiB} MiB`,
    `Node after each quarter: ${peak.quartersMiB.join(', ')} MiB`,
  )
  return whole.eventsPerSecond
}
