// benchAsk: investigation questions over the real API on a made-up company's 90 days, at a tenth of the events and at all.

import { openStore, type Store } from '@plaintrail/store/open-store'
import { tallyQuarters } from '@plaintrail/store/tally-quarters'
import { seededRandom } from '../../random.ts'
import { startSystem, type EmbeddedSystem } from '../../system.ts'
import { rate, row } from '../report.ts'
import { askEnvironment } from './ask-environment.ts'
import { createAsker } from './asker.ts'
import { measureCold } from './cold-latency.ts'
import { measureCosts } from './question-cost.ts'
import { makeDeeds, type Deed } from './make-deeds.ts'
import { clusterNames, makePopulation } from './population.ts'
import { reportPlans } from './report-plans.ts'
import { reportQuestions, reportSlopes, type Measured } from './report-questions.ts'
import { takeSamples, type Samples } from './samples.ts'
import { storeDeeds } from './store-deeds.ts'
import { measureWarm } from './warm-latency.ts'

export interface AskBenchOptions {
  readonly events: number
  /** How often each question is asked, warm. */
  readonly rounds: number
  /** Whether the system is also started anew, once for each question. */
  readonly isCold: boolean
}

const days = 90
const dayUs = 86_400_000_000
const seed = 20261126
const batchEvents = 5_000
const tenth = 10
/** Of fewer, a tenth has too few shells and refusals to ask about. */
const eventsMin = 20_000

export async function benchAsk(options: AskBenchOptions): Promise<void> {
  if (!(options.events >= eventsMin))
    throw new RangeError(`could not ask about ${options.events} events: say ${eventsMin} or more`)
  console.log(
    `\nquestions: ${rate(options.events)} events over ${days} days, one page of 50 each, over HTTP, one at a time\n`,
  )
  const small = await benchSize({ ...options, events: options.events / tenth, isCold: false })
  const large = await benchSize(options)
  reportSlopes(small, large)
}

async function benchSize({ events, rounds, isCold }: AskBenchOptions): Promise<Measured> {
  const endUs = Date.now() * 1_000
  const random = seededRandom(seed)
  const samples = takeSamples(seededRandom(seed + 1))
  await using system = await startSystem({ env: askEnvironment })
  const postgresFolder = await load(system, { events, batches: batchesOf(random, samples, events, endUs) })
  const cold = isCold ? await measureCold({ system, postgresFolder, samples, endUs }) : null
  await system.stop()
  await using asked = await startSystem({ dataFolder: system.dataFolder, env: askEnvironment })
  const connection = await asked.connection()
  await using store = openStore(connection, benchStore)
  const ask = createAsker(asked)
  const warm = await measureWarm({ ask, store, samples, endUs, rounds })
  const costs = await measureCosts({ ask, system: asked, samples, endUs, askings: rounds })
  const measured = { events, warm, costs, cold }
  reportQuestions(measured)
  await reportPlans({ connection, adminToken: asked.adminToken, samples, endUs })
  return measured
}

const benchStore = { connectionsMax: 4, statementMs: 0, applicationName: 'bench' }

interface Load {
  readonly events: number
  readonly batches: Iterable<readonly Deed[]>
}

/** Returns the folder in which Postgres has the data. */
export async function load(system: EmbeddedSystem, { events, batches }: Load): Promise<string> {
  for (const name of clusterNames) await system.addCluster(name)
  await using store = openStore(await system.connection(), benchStore)
  const { rows: clusters } = await store.pool.query<{ name: string; uid: string }>(
    'select name, uid::text from cluster',
  )
  const uids = new Map(clusters.map(({ name, uid }) => [name, uid]))
  const from = performance.now()
  const stored = await storeDeeds(store, { uids, batches })
  const seconds = (performance.now() - from) / 1_000
  if (stored < events) throw new Error(`stored ${stored} events of ${events}`)
  // As autovacuum does soon after: what is asked for is mostly older than that.
  await store.pool.query('vacuum analyze')
  // As the jobrunner does within the hour, a part in every five minutes.
  while ((await tallyQuarters(store, Date.now() * 1_000)).left > 0);
  row(
    `${rate(stored)} events`,
    `${rate(stored / seconds)} events/s`,
    `stored by the store's own batches; ${await sizeOf(store)}`,
  )
  const { rows } = await store.pool.query<{ folder: string }>(`select current_setting('data_directory') as folder`)
  return rows[0]?.folder ?? ''
}

async function sizeOf({ pool }: Store): Promise<string> {
  const { rows } = await pool.query<{ rows: number; indexes: number }>(
    `select sum(pg_table_size(i.inhrelid))::int8 as rows, sum(pg_indexes_size(i.inhrelid))::int8 as indexes
     from pg_inherits i where i.inhparent = 'event'::regclass`,
  )
  const mebibytes = (bytes: number | undefined): string => rate((bytes ?? 0) / 2 ** 20)
  return `${mebibytes(rows[0]?.rows)} MiB of rows and ${mebibytes(rows[0]?.indexes)} of indexes`
}

export function* batchesOf(
  random: ReturnType<typeof seededRandom>,
  samples: Samples,
  events: number,
  endUs: number,
): Generator<readonly Deed[]> {
  const maker = makeDeeds(random, makePopulation(random))
  const stepUs = (days * dayUs) / events
  let batch: Deed[] = []
  for (let made = 0; made < events;) {
    const deeds = maker.make(Math.floor(endUs - days * dayUs + (made + random.next()) * stepUs))
    made += deeds.length
    for (const deed of deeds) {
      samples.see(deed)
      batch.push(deed)
    }
    if (batch.length < batchEvents && made < events) continue
    yield batch
    batch = []
  }
}
