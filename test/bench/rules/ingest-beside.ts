// measureIngestBeside: how fast events are stored while back-tests run without a pause, as a share of the same without any:
// by turns, in one run. Posts come as fast as they are acknowledged, so nothing is left over that a back-test could have for
// nothing.

import type { EmbeddedSystem, AddedCluster } from '../../system.ts'
import { measureEndToEnd, type EndToEnd } from '../end-to-end.ts'
import type { Postings } from '../postings.ts'
import { percentile, rate, row } from '../report.ts'
import { askBacktest, backtestNow, giveUpBacktest, untilBacktested } from './backtested.ts'

export interface IngestBesideOptions {
  readonly cluster: AddedCluster
  readonly postings: Postings
  /** Posted in one turn. */
  readonly events: number
  /** Of each kind, one of no back-test before each. */
  readonly turns: number
}

const specsOf = (cluster: string) => ({
  'one that looks at rows': `match: 'user-agent:nobody* verb:get'`,
  // Everything that is posted is let through, and its bytes are read.
  'one that reads bytes': `match: 'cluster:${cluster}', where: 'actor.?extra["nobody"].hasValue()'`,
})

/** What it may cost: a fifth. */
const aim = 0.8

export async function measureIngestBeside(system: EmbeddedSystem, options: IngestBesideOptions): Promise<void> {
  const { cluster, postings, events, turns } = options
  const post = (): Promise<EndToEnd> => measureEndToEnd(system, [cluster], postings.make(events))
  // Compiles, and is what the first back-test reads.
  await post()
  for (const [what, spec] of Object.entries(specsOf(cluster.name))) {
    const alone: EndToEnd[] = []
    const beside: EndToEnd[] = []
    let read = 0
    const besideIt = async (): Promise<void> => {
      const running = keepBacktesting(system, spec)
      beside.push(await post())
      read += await running.stop()
    }
    for (let turn = 0; turn < turns; turn++) {
      // Whatever makes the machine slower by and by is of both.
      if (turn % 2 === 1) await besideIt()
      alone.push(await post())
      if (turn % 2 === 0) await besideIt()
    }
    const figures = alone.map(({ eventsPerSecond }, turn) => (beside[turn]?.eventsPerSecond ?? 0) / eventsPerSecond)
    row(
      `ingest beside ${what}`,
      median(figures).toFixed(2),
      `of ${rate(median(alone.map(({ eventsPerSecond }) => eventsPerSecond)))} events/s alone (${figures.map((figure) => figure.toFixed(2)).join(' ')}; aim ≥ ${aim}); acknowledged p99 ${p99(beside)} ms, alone ${p99(alone)}; ${rate(read / turns)} events let through a turn of ${rate(events)}`,
    )
  }
}

/** One after the other; `stop` gives how many events they read. */
function keepBacktesting(system: EmbeddedSystem, spec: string) {
  const stopping = new AbortController()
  let read = 0
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const asked = await askBacktest(system, spec, '91d')
      try {
        read += (await untilBacktested(system, asked, stopping.signal)).progress.events
      } catch (error) {
        if (!stopping.signal.aborted) throw error
        read += (await backtestNow(system, asked)).progress.events
        await giveUpBacktest(system, asked)
      }
    }
  }
  const running = run()
  // Told when it is waited for.
  running.catch(() => undefined)
  return {
    async stop(): Promise<number> {
      stopping.abort()
      await running
      return read
    },
  }
}

const p99 = (turns: readonly EndToEnd[]): number => Math.max(...turns.map((turn) => turn.p99))

const median = (values: readonly number[]): number =>
  percentile(
    values.toSorted((a, b) => a - b),
    0.5,
  )
