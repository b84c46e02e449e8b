// benchBacktest: how long back-tests take over a made-up company's 90 days, by how many of the events their match lets through,
// and how much slower events are stored meanwhile.

import { existsSync } from 'node:fs'
import { seededRandom } from '../../random.ts'
import { startSystem } from '../../system.ts'
import { askEnvironment } from '../ask/ask-environment.ts'
import { batchesOf, load } from '../ask/bench-ask.ts'
import { takeSamples } from '../ask/samples.ts'
import { Postings } from '../postings.ts'
import { rate, row } from '../report.ts'
import { askBacktest, untilBacktested } from './backtested.ts'
import { measureIngestBeside } from './ingest-beside.ts'

const seed = 20261127
const turns = 5

const specs = {
  'a shell in a pod': `match: 'class:connect'`,
  'what people change': `match: 'is:human is:write'`,
  'one account over 90 days': `match: 'actor:sa:*/* verb:delete', groupBy: [actor]`,
  'many refusals': `match: 'is:denied', groupBy: [actor], condition: {count: 5, within: 10m}`,
  'one object by its name': `match: 'ns:team-0 name:deployment-7 is:write'`,
  'a tenth of all, and none of it matches': `match: 'verb:get kind:secrets', where: 'actor.name == "nobody"'`,
} as const

/** What is loaded has no bytes for history to follow, and the shipped rules would be judging it for as long as it was loaded. */
const environment = { ...askEnvironment, PLAINTRAIL_HISTORY: 'off', PLAINTRAIL_RULES: 'off' } as const

export interface BacktestBenchOptions {
  readonly events: number
  /** Where it is loaded, or was by an earlier run; null for a folder that goes with the run. */
  readonly dataFolder: string | null
  /** Posted in one turn while a back-test runs, and in one while none does. */
  readonly postedEvents: number
}

export async function benchBacktest({ events, dataFolder, postedEvents }: BacktestBenchOptions): Promise<void> {
  console.log(`\nback-tests: ${rate(events)} events over 90 days, over HTTP, with the rests between parts\n`)
  const isLoaded = dataFolder !== null && existsSync(dataFolder)
  await using system = await startSystem({ env: environment, ...(dataFolder === null ? {} : { dataFolder }) })
  if (!isLoaded) {
    const samples = takeSamples(seededRandom(seed + 1))
    await load(system, { events, batches: batchesOf(seededRandom(seed), samples, events, Date.now() * 1_000) })
  }
  for (const [what, spec] of Object.entries(specs)) {
    const fromMs = performance.now()
    const asked = await askBacktest(system, spec, '91d')
    const { progress, judged, findings, reached } = await untilBacktested(system, asked)
    const seconds = (performance.now() - fromMs) / 1_000
    const told = `${rate(progress.events)} events let through, ${rate(judged.matched)} matched, ${findings} findings`
    row(what, `${seconds.toFixed(1)} s`, reached === null ? told : `${told}, up to ${reached}`)
  }
  const cluster = await system.addCluster(`beside-${Date.now()}`)
  await measureIngestBeside(system, { cluster, postings: new Postings(), events: postedEvents, turns })
}
