// The distributed profile with the bodies that the embedded one had: end to end with one worker and with two, and its parts.

import { openStore, type Connection } from '@plaintrail/store/open-store'
import { startDistributedSystem, type DistributedSystem } from '../distributed-system.ts'
import type { ServiceProcess } from '../service-process.ts'
import { until, type AddedCluster } from '../system.ts'
import { measureAcknowledgement, measureEndToEnd, postAll, type EndToEnd } from './end-to-end.ts'
import { measureLogs, type LogCost } from './logs.ts'
import { metricOf } from './metric.ts'
import { startOutsideServers, type OutsideServers } from './outside-servers.ts'
import { eventsABody, type Postings } from './postings.ts'
import { cpuUs, peakMiB, postgresCpuUs } from './process-cost.ts'
import { rate, row } from './report.ts'
import { measureSizes } from './sizes.ts'

export interface DistributedBenchOptions {
  readonly postings: Postings
  readonly bodies: readonly Buffer[]
  readonly pacedSeconds: number
  /** Events per second of the embedded profile's end to end. */
  readonly embedded: number
}

/** Says so, and measures nothing, where Kafka or Redis cannot be had. */
export async function benchDistributed(options: DistributedBenchOptions): Promise<void> {
  console.log(
    '\ndistributed: receiver, worker, api and jobrunner as processes, with Kafka, Redis and Postgres beside them\n',
  )
  let servers: OutsideServers
  try {
    servers = await startOutsideServers()
  } catch (error) {
    row('distributed', 'SKIPPED, NOTHING MEASURED', error instanceof Error ? error.message : String(error))
    return
  }
  await using _ = servers
  await using system = await startDistributedSystem({ outside: servers.outside })
  await benchOneWorker(options, servers, system)
  const logs = await measureLogs(servers.kafka, system, options.bodies)
  reportLogs(logs)
  await benchTwoWorkers(options, system)
  await reportProcesses(servers, system)
}

async function benchOneWorker(
  { postings, bodies, pacedSeconds, embedded }: DistributedBenchOptions,
  servers: OutsideServers,
  system: DistributedSystem,
): Promise<void> {
  const cluster = await system.addCluster('bench')
  const costs = costsOf(servers, system)
  const whole = await measureEndToEnd(system, [cluster], bodies)
  const events = bodies.length * eventsABody
  reportEndToEnd(
    'end to end, one worker, one lane',
    whole,
    `ratio to embedded ${(whole.eventsPerSecond / embedded).toFixed(2)} (aim ≥ 0.70)`,
  )
  const spent = costs().map(({ name, us }) => `${name} ${(us / events).toFixed(1)}`)
  row('  processor time an event', spent.join(', '), 'µs; Kafka runs with the first compiler alone')
  row('  in Kafka', `${Math.round(servers.kafkaBytes() / events)} B an event`, 'one copy')
  const sizes = await measureSizes(await system.connection(), cluster.name)
  row('  in Postgres', `${sizes.total.toFixed(0)} B an event`, 'rows, indexes, segments and all else; aim ≤ 650')
  const paced = await measureAcknowledgement(system, cluster, postings, pacedSeconds)
  row(
    'acknowledgement at 4,000 events/s',
    `p50 ${paced.p50} ms, p99 ${paced.p99} ms`,
    `aim p99 < 250 ms; visible after ${paced.visibleMs} ms at the end`,
  )
}

/** What each has cost since. */
function costsOf(
  { kafka, postmasterPid }: OutsideServers,
  { receivers, workers }: DistributedSystem,
): () => readonly { readonly name: string; readonly us: number }[] {
  const sum = (services: readonly ServiceProcess[]): number => services.reduce((us, { pid }) => us + cpuUs(pid), 0)
  const now = (): readonly { readonly name: string; readonly us: number }[] => [
    { name: 'receiver', us: sum(receivers) },
    { name: 'worker', us: sum(workers) },
    { name: 'Postgres', us: postgresCpuUs(postmasterPid) },
    { name: 'Kafka', us: cpuUs(kafka.pid) },
  ]
  const before = now()
  return () => now().map(({ name, us }, index) => ({ name, us: us - (before[index]?.us ?? 0) }))
}

function reportEndToEnd(what: string, whole: EndToEnd, remark: string): void {
  row(what, `${rate(whole.eventsPerSecond)} events/s`, `posted by TLS → visible; ${remark}`)
  row('  acknowledged', `${rate(whole.acknowledgedPerSecond)} events/s`, `p50 ${whole.p50} ms, p99 ${whole.p99} ms`)
}

function reportLogs({ kafka, spool, spoolBytes, drainedPerSecond }: LogCost): void {
  const ratio = (spool.acknowledgedPerSecond / kafka.acknowledgedPerSecond).toFixed(2)
  const appends = (perSecond: number): string => `${rate(perSecond / eventsABody)} appends/s`
  row(
    'receiver alone, into Kafka',
    appends(kafka.acknowledgedPerSecond),
    `p50 ${kafka.p50} ms, p99 ${kafka.p99} ms; no worker runs`,
  )
  row(
    'receiver alone, into the spool',
    appends(spool.acknowledgedPerSecond),
    `p50 ${spool.p50} ms, p99 ${spool.p99} ms; ratio to Kafka ${ratio}`,
  )
  row('  in the spool', `${Math.round(spoolBytes)} B an event`, 'on the receiver’s volume')
  row('  from the spool into Kafka', appends(drainedPerSecond), 'after Kafka is back')
}

async function benchTwoWorkers(
  { postings, bodies }: DistributedBenchOptions,
  system: DistributedSystem,
): Promise<void> {
  await system.add('worker')
  const clusters = await clusterOfEachWorker(system, postings)
  const whole = await measureEndToEnd(system, clusters, bodies)
  reportEndToEnd('end to end, two workers, two lanes', whole, 'a partition each, two clusters')
}

/**
 * A lane's partition follows from the uid of its cluster, which nobody chooses: clusters are added until each of the workers
 * has stored for one, and so each has a lane of its own.
 */
async function clusterOfEachWorker(system: DistributedSystem, postings: Postings): Promise<readonly AddedCluster[]> {
  await until(async () => {
    const shares = await Promise.all(
      system.workers.map((worker) => metricOf(worker, 'plaintrail_kafka_rebalances_total')),
    )
    return shares.every((rebalances) => rebalances > 0)
  })
  const stored = (): Promise<readonly number[]> =>
    Promise.all(system.workers.map((worker) => metricOf(worker, 'plaintrail_normalizer_events_total')))
  const found = new Map<number, AddedCluster>()
  for (let number = 1; found.size < system.workers.length; number += 1) {
    const cluster = await system.addCluster(`bench-lane-${number}`)
    const before = await stored()
    await postAll(system, [cluster], postings.make(eventsABody))
    const risen = async (): Promise<number> =>
      (await stored()).findIndex((events, index) => events > (before[index] ?? 0))
    await until(async () => (await risen()) >= 0)
    found.set(await risen(), cluster)
  }
  return [...found.values()]
}

async function reportProcesses({ kafka }: OutsideServers, system: DistributedSystem): Promise<void> {
  const { receivers, workers, api, jobrunner } = system
  const services = [...receivers, ...workers, api, jobrunner]
  const peaks = services.map(({ role, pid }) => `${role} ${peakMiB(pid)}`)
  row('peak memory', peaks.join(', '), `MiB; Kafka ${peakMiB(kafka.pid)}`)
  const connections = await connectionsByName(await system.connection())
  row('connections to Postgres', connections.join(', '), 'open at the end, of all processes of a kind')
}

async function connectionsByName(connection: Connection): Promise<readonly string[]> {
  await using store = openStore(connection, { connectionsMax: 1, statementMs: 0, applicationName: 'bench' })
  const { rows } = await store.pool.query<{ name: string; count: number }>(
    `select application_name as name, count(*)::int4 as count from pg_stat_activity
     where application_name like 'plaintrail %' group by 1 order by 1`,
  )
  return rows.map(({ name, count }) => `${name.replace('plaintrail ', '')} ${count}`)
}
