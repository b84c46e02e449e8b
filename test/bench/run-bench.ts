// The benchmark's order: floors, the command line's start, the embedded profile, and the distributed one with the same bodies.

import { cpus, totalmem } from 'node:os'
import { benchDistributed } from './distributed.ts'
import { benchEmbedded } from './embedded.ts'
import { measureParse } from './floors.ts'
import { Postings } from './postings.ts'
import { heading, rate, row } from './report.ts'
import { benchStartUp } from './start-up.ts'

export interface BenchOptions {
  readonly events: number
  readonly pagedEvents: number
  readonly pacedSeconds: number
}

export async function runBench(options: BenchOptions): Promise<void> {
  const postings = new Postings()
  heading(
    `plaintrail bench: ${cpus().length} cores (${cpus()[0]?.model}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`,
  )
  const bodies = postings.make(options.events)
  const bytes = bodies.reduce((sum, body) => sum + body.length, 0)
  row('event', `${Math.round(bytes / options.events)} B`, 'mean, as posted')
  row('floor: JSON.parse alone', `${rate(measureParse(bodies))} events/s`, 'one thread')
  await benchStartUp()

  const embedded = await benchEmbedded(options, postings, bodies)
  await benchDistributed({ postings, bodies, pacedSeconds: options.pacedSeconds, embedded })
}
