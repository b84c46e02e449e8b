// underLoad: a fault between the first batch of an API server and the last, then what the oracle says.

import type { Random } from '../random.ts'
import { startApiServer, waitsOfApiServerMs, type Journal } from './api-server.ts'
import { watchResident, type FaultSystem } from './fault-system.ts'
import { judge, settle, type Verdict } from './oracle.ts'

/** `all`: every fault, as long as outages last. `brief`: every fault, in a tenth of the time. Otherwise a few of them, briefly. */
const form = process.env['PLAINTRAIL_FAULTS'] ?? 'short'
export const isEvery = form === 'all' || form === 'brief'
const isLong = form === 'all'

/** Of one run; it is printed, and PLAINTRAIL_FAULTS_SEED repeats it. */
export const seed = Number(process.env['PLAINTRAIL_FAULTS_SEED'] ?? Date.now() % 1_000_000)

/** The long form has the outages and waits of life; the short one a tenth of them. */
export const shape = isLong
  ? { outageMs: 180_000, rounds: 20, waitsMs: waitsOfApiServerMs, settleMs: 300_000, eventsABatch: 400 }
  : { outageMs: 12_000, rounds: 4, waitsMs: [1_000, 1_500, 2_250, 3_375], settleMs: 90_000, eventsABatch: 50 }

const batchesPerSecond = 10

export interface Load {
  readonly faulty: FaultSystem
  readonly random: Random
  /** Of the same system's earlier loads; this one's is added. */
  readonly journals: Journal[]
  /** Where the API server posts; all receivers that run, if nothing is said. */
  readonly targets?: () => readonly string[]
}

export interface Outcome {
  readonly verdict: Verdict
  readonly journal: Journal
  /** Bytes: the most that one receiver held. */
  readonly residentMax: number
}

export async function underLoad(load: Load, inflict: () => Promise<void>): Promise<Outcome> {
  const { faulty, journals } = load
  const { journal, residentMax } = await post(load, inflict)
  await settle({ ...faulty, journals }, shape.settleMs)
  return { verdict: await judge({ ...faulty, journals }), journal, residentMax }
}

async function post({ faulty, random, journals, targets }: Load, inflict: () => Promise<void>) {
  await using resident = watchResident(() => faulty.system.receivers.map(({ pid }) => pid))
  const { eventsABatch, waitsMs } = shape
  const apiServer = startApiServer({
    cluster: faulty.cluster,
    targets: targets ?? faulty.targets,
    ca: faulty.system.ingest.ca ?? '',
    random,
    batchesPerSecond,
    eventsABatch,
    waitsMs,
  })
  journals.push(apiServer.journal)
  try {
    await inflict()
  } finally {
    await apiServer.stop()
  }
  return { journal: apiServer.journal, residentMax: resident.bytesMax() }
}

export function acknowledgedMs({ batches }: Journal): readonly number[] {
  return batches.filter(({ outcome }) => outcome === 'acknowledged').map((batch) => batch.acknowledgedMs)
}

/** Latency under the fault, to be read beside that of the run without one. */
export function report(name: string, { journal, residentMax }: Outcome): void {
  const sorted = acknowledgedMs(journal).toSorted((a, b) => a - b)
  const at = (share: number): number => Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0)
  const dropped = journal.batches.filter(({ outcome }) => outcome === 'dropped').length
  console.log(
    `${name}: ${sorted.length} of ${journal.batches.length} batches acknowledged, ${dropped} dropped by the API server; ` +
      `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms; ${journal.busy} times 503, ${journal.refused} refused, ${journal.hung} hung; ` +
      `receiver ${Math.round(residentMax / 2 ** 20)} MiB`,
  )
}
