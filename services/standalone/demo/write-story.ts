// Writes story.jsonl.gz, the demo's recorded week: `node services/standalone/demo/write-story.ts`. The same story comes
// out of every run; change the scripts in story-week.ts and run it again.
import { writeFileSync } from 'node:fs'
import { constants, gzipSync } from 'node:zlib'

import { Agenda, dayUs, secondUs } from './story-agenda.ts'
import { installApps } from './story-apps.ts'
import { startBackground } from './story-background.ts'
import type { Recorded } from './story-cluster.ts'
import { Cluster } from './story-cluster.ts'
import { startControllers } from './story-controllers.ts'
import { startKubelets } from './story-kubelet.ts'
import { seededRandom } from './story-random.ts'
import { atOf, openScene } from './story-scene.ts'
import { week } from './story-week.ts'
import { storyEnd, storyPath, storyStart } from './story.ts'

const seed = 20_261_109
const itemsMax = 200
/** --audit-webhook-batch-max-wait of the demo's API server. */
const waitUs = 30 * secondUs

/** The story as lines: each is the body of one POST of the API server's audit webhook. */
export function writeStory(): string[] {
  const startUs = Date.parse(storyStart) * 1000
  const endUs = Date.parse(storyEnd) * 1000
  const cluster = new Cluster(seededRandom(seed), new Agenda(startUs))
  installApps(cluster)
  startControllers(cluster)
  startKubelets(cluster)
  startBackground(cluster)
  const scene = openScene(cluster)
  for (const [index, day] of week.entries()) day(scene, atOf(cluster, startUs + index * dayUs))
  cluster.agenda.run(endUs)
  const told = cluster.recorded.filter((event) => event.stageUs < endUs)
  return batches(told.toSorted((a, b) => a.stageUs - b.stageUs)).map((items) => eventList(items))
}

/** The webhook's batching: a list closes when it is full or its first event has waited long enough. */
function batches(events: readonly Recorded[]): (readonly Recorded[])[] {
  const lists: Recorded[][] = []
  for (const event of events) {
    const open = lists.at(-1)
    const first = open?.[0]
    const fits = open && first && open.length < itemsMax && event.stageUs < first.stageUs + waitUs
    if (fits) open.push(event)
    else lists.push([event])
  }
  return lists
}

function eventList(events: readonly Recorded[]): string {
  const items = events.map((event) => event.text).join(',')
  return `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[${items}]}`
}

if (import.meta.main) {
  const text = `${writeStory().join('\n')}\n`
  writeFileSync(storyPath, gzipSync(text, { level: constants.Z_BEST_COMPRESSION }))
}
