// startLive: a real API server that posts to a real Plaintrail, and what came of it.

import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { until } from '../system.ts'
import { startControlPlane, type ControlPlane } from './control-plane.ts'
import { startLabPlaintrail, type LabPlaintrail } from './lab-plaintrail.ts'
import type { LabTools } from './tools.ts'

export interface Live extends AsyncDisposable {
  readonly here: LabPlaintrail
  readonly plane: ControlPlane
}

/** `policy`: the lab's own, which records nearly everything, or the one that we hand out. */
export async function startLive(
  tools: LabTools,
  flags: readonly string[] = [],
  policy: 'of the lab' | 'handed out' = 'of the lab',
): Promise<Live> {
  const folder = await mkdtemp(join(tmpdir(), 'plaintrail-lab-'))
  await chmod(folder, 0o711)
  const here = await startLabPlaintrail(folder)
  const { webhookKubeconfig, auditPolicy } = here
  const plane = await startControlPlane({
    tools,
    folder: join(folder, 'plane'),
    webhookKubeconfig,
    flags,
    ...(policy === 'handed out' ? { auditPolicy } : {}),
  })
  return {
    here,
    plane,
    async [Symbol.asyncDispose]() {
      await plane[Symbol.asyncDispose]()
      await here[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Until nothing new has come for a while: everything that will be posted has been. */
export async function untilSettled(live: Live, msMax = 60_000): Promise<void> {
  const quietMs = 6_000
  let [last, since] = [-1, Date.now()]
  const deadline = Date.now() + msMax
  await until(async () => {
    const { events, errors } = await live.plane.metrics()
    const stored = await storedEvents(live)
    const dropped = Object.values(errors).reduce((sum, count) => sum + count, 0)
    if (stored !== last) [last, since] = [stored, Date.now()]
    const isComplete = stored >= events - dropped
    return Date.now() - since > quietMs && (isComplete || Date.now() > deadline - quietMs)
  }, msMax)
}

async function ask<Row>({ here }: Live, text: string): Promise<readonly Row[]> {
  const client = new Client(await here.system.connection())
  await client.connect()
  try {
    return (await client.query(text)).rows as Row[]
  } finally {
    await client.end()
  }
}

export async function storedEvents(live: Live): Promise<number> {
  const [row] = await ask<{ count: string }>(live, 'select count(*) as count from event')
  return Number(row?.count)
}

/** Of the configmaps that the traffic made, once for each event that says so. */
export async function storedNames(live: Live): Promise<readonly string[]> {
  const rows = await ask<{ name: string }>(
    live,
    `select e.name from event e join verb v on v.id = e.verb_id
     where v.name = 'create' and e.name like 'traffic-%' and e.code = 201 order by e.name`,
  )
  return rows.map(({ name }) => name)
}
