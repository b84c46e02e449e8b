// benchBacktest: how long back-tests take over a made-up company's 90 days, by how many of the events their match lets through.

import { setTimeout as sleep } from 'node:timers/promises'
import { seededRandom } from '../../random.ts'
import { startSystem, type EmbeddedSystem } from '../../system.ts'
import { askEnvironment } from '../ask/ask-environment.ts'
import { batchesOf, load } from '../ask/bench-ask.ts'
import { takeSamples } from '../ask/samples.ts'
import { rate, row } from '../report.ts'

const seed = 20261127
const pollMs = 50

const specs = {
  'a shell in a pod': `match: 'class:connect'`,
  'people who delete secrets': `match: 'is:human verb:delete kind:secrets'`,
  'one account over 90 days': `match: 'actor:sa:*/* verb:delete', groupBy: [actor]`,
  'many refusals': `match: 'is:denied', groupBy: [actor], condition: {count: 5, within: 10m}`,
  'nothing, by what is not indexed': `match: 'user-agent:nobody* verb:get'`,
} as const

export async function benchBacktest({ events }: { readonly events: number }): Promise<void> {
  console.log(`\nback-tests: ${rate(events)} events over 90 days, over HTTP, with the rests between parts\n`)
  const endUs = Date.now() * 1_000
  const samples = takeSamples(seededRandom(seed + 1))
  await using system = await startSystem({ env: askEnvironment })
  await load(system, { events, batches: batchesOf(seededRandom(seed), samples, events, endUs) })
  for (const [what, spec] of Object.entries(specs)) {
    const fromMs = performance.now()
    const { progress, judged, findings, reached } = await backtested(system, spec)
    const seconds = (performance.now() - fromMs) / 1_000
    const told = `${rate(progress.events)} events let through, ${rate(judged.matched)} matched, ${findings} findings`
    row(what, `${seconds.toFixed(1)} s`, reached === null ? told : `${told}, up to ${reached}`)
  }
}

interface Told {
  readonly state: string
  readonly error: string | null
  readonly findings: number | null
  readonly reached: string | null
  readonly progress: { readonly events: number }
  readonly judged: { readonly matched: number }
  readonly links: { readonly self: string }
}

async function backtested({ url, adminToken }: EmbeddedSystem, spec: string): Promise<Told> {
  const text = `apiVersion: plaintrail.dev/v1\nkind: Rule\nmetadata: {name: bench}\nspec: {title: T, severity: low, ${spec}}\n`
  const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' }
  const body = JSON.stringify({ text, since: '91d' })
  const made = await fetch(new URL('/v1/backtests', url), { method: 'POST', headers, body })
  let told = (await made.json()) as Told
  if (made.status !== 202) throw new Error(`could not ask for a back-test: ${JSON.stringify(told)}`)
  while (told.state === 'queued' || told.state === 'running') {
    await sleep(pollMs)
    told = (await (await fetch(new URL(told.links.self, url), { headers })).json()) as Told
  }
  if (told.state !== 'done') throw new Error(`the back-test has ended: ${told.error ?? told.state}`)
  return told
}
